//! Text to tokens, for the JSON and the space-delimited syntax.

use super::ast::Syntax;
use super::error::{ErrorKind, PatternError};
use crate::text::span::Span;

/// A word or sign of a pattern, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands in the pattern.
    pub span: Span,
}

/// The kinds of token.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `(`
    OpenParenthesis,
    /// `)`
    CloseParenthesis,
    /// `[` around cells.
    OpenBracket,
    /// `]` around cells.
    CloseBracket,
    /// `,` between cells.
    Comma,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `$.a.b`, as written; in the JSON syntax only.
    Selector(String),
    /// `"text"`, without quotes and escapes.
    Quoted(String),
    /// `%text%`, without the signs.
    Regex(String),
    /// A word or number without quotes.
    Bare(String),
}

/// The tokens of a pattern up to its end or to the first text that is none.
pub struct Tokens {
    /// The tokens in order.
    pub tokens: Vec<Token>,
    /// What stopped the lexer before the end.
    pub error: Option<PatternError>,
}

/// Splits a pattern of this syntax into tokens.
pub fn lex(pattern: &str, syntax: Syntax) -> Tokens {
    let mut lexer = Lexer {
        pattern,
        syntax,
        position: 0,
    };
    let mut tokens = Vec::new();
    loop {
        match lexer.next() {
            Ok(Some(token)) => tokens.push(token),
            Ok(None) => {
                return Tokens {
                    tokens,
                    error: None,
                };
            }
            Err(error) => {
                return Tokens {
                    tokens,
                    error: Some(error),
                };
            }
        }
    }
}

struct Lexer<'a> {
    pattern: &'a str,
    syntax: Syntax,
    position: usize,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Option<Token>, PatternError> {
        self.take_while(is_blank);
        let start = self.position;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let kind = match first {
            '{' => self.sign(TokenKind::OpenBrace),
            '}' => self.sign(TokenKind::CloseBrace),
            '(' => self.sign(TokenKind::OpenParenthesis),
            ')' => self.sign(TokenKind::CloseParenthesis),
            '=' | '!' | '<' | '>' | '&' | '|' => self.operator(first)?,
            '[' if self.syntax == Syntax::Cells => self.sign(TokenKind::OpenBracket),
            ']' if self.syntax == Syntax::Cells => self.sign(TokenKind::CloseBracket),
            ',' if self.syntax == Syntax::Cells => self.sign(TokenKind::Comma),
            '$' if self.syntax == Syntax::Json => self.selector()?,
            '"' => self.quoted()?,
            '%' => self.regex()?,
            _ => self.bare()?,
        };
        Ok(Some(Token {
            kind,
            span: Span::new(start, self.position),
        }))
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &str {
        self.pattern.get(self.position..).unwrap_or("")
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &str {
        let start = self.position;
        let taken = self
            .rest()
            .find(|character| !accept(character))
            .unwrap_or(self.rest().len());
        self.position += taken;
        Span::new(start, self.position).slice(self.pattern)
    }

    fn sign(&mut self, kind: TokenKind) -> TokenKind {
        self.position += 1;
        kind
    }

    fn error(&self, kind: ErrorKind, span: Span) -> PatternError {
        PatternError {
            kind,
            span,
            pattern: self.pattern.to_owned(),
        }
    }

    fn operator(&mut self, first: char) -> Result<TokenKind, PatternError> {
        const TWO_CHARACTERS: [(&str, TokenKind); 5] = [
            ("!=", TokenKind::NotEqual),
            ("<=", TokenKind::LessOrEqual),
            (">=", TokenKind::GreaterOrEqual),
            ("&&", TokenKind::And),
            ("||", TokenKind::Or),
        ];
        if let Some((_, kind)) = TWO_CHARACTERS
            .iter()
            .find(|(text, _)| self.rest().starts_with(text))
        {
            self.position += 2;
            return Ok(kind.clone());
        }
        let here = self.position;
        match first {
            '=' if self.rest().starts_with("==") => {
                Err(self.error(ErrorKind::DoubleEquals, Span::new(here, here + 2)))
            }
            '=' => Ok(self.sign(TokenKind::Equal)),
            '<' if self.rest().starts_with("<>") => {
                Err(self.error(ErrorKind::AngleNotEqual, Span::new(here, here + 2)))
            }
            '<' => Ok(self.sign(TokenKind::Less)),
            '>' => Ok(self.sign(TokenKind::Greater)),
            '&' => Err(self.error(ErrorKind::SingleOperator("&&"), Span::new(here, here + 1))),
            '|' => Err(self.error(ErrorKind::SingleOperator("||"), Span::new(here, here + 1))),
            _ => Err(self.error(ErrorKind::NotOperator, Span::new(here, here + 1))),
        }
    }

    /// A selector ends at white space or an operator, except inside of brackets.
    fn selector(&mut self) -> Result<TokenKind, PatternError> {
        let start = self.position;
        loop {
            self.take_while(|character| {
                !character.is_whitespace() && !"=!<>&|(){}\"%[,".contains(character)
            });
            if self.peek() != Some('[') {
                break;
            }
            self.bracket()?;
        }
        Ok(TokenKind::Selector(
            Span::new(start, self.position)
                .slice(self.pattern)
                .to_owned(),
        ))
    }

    fn bracket(&mut self) -> Result<(), PatternError> {
        let start = self.position;
        let inside = self.rest().get(1..).unwrap_or("");
        let quote = inside
            .chars()
            .next()
            .filter(|first| matches!(first, '\'' | '"'));
        let closed = match quote {
            Some(quote) => inside
                .get(1..)
                .and_then(|name| name.find([quote, '\n']))
                .map(|at| at + 2),
            None => Some(0),
        };
        let end = closed.and_then(|from| inside.get(from..)?.find(']').map(|at| from + at));
        match end {
            Some(end) => self.position += end + 2,
            None => return Err(self.error(ErrorKind::UnclosedBracket, Span::new(start, start + 1))),
        }
        Ok(())
    }

    fn quoted(&mut self) -> Result<TokenKind, PatternError> {
        let start = self.position;
        match quoted_text(self.rest()) {
            Some((text, length)) => {
                self.position += length;
                Ok(TokenKind::Quoted(text))
            }
            None => Err(self.error(ErrorKind::UnclosedQuote, Span::new(start, start + 1))),
        }
    }

    fn regex(&mut self) -> Result<TokenKind, PatternError> {
        let start = self.position;
        let body = self.pattern.get(start + 1..).unwrap_or("");
        let Some(length) = body.find('%') else {
            return Err(self.error(ErrorKind::UnclosedRegex, Span::new(start, start + 1)));
        };
        self.position = start + length + 2;
        Ok(TokenKind::Regex(
            Span::new(start + 1, self.position - 1)
                .slice(self.pattern)
                .to_owned(),
        ))
    }

    fn bare(&mut self) -> Result<TokenKind, PatternError> {
        let word = self.take_while(is_bare).to_owned();
        match self.peek() {
            Some(character) if !self.ends_bare(character) => Err(self.unexpected(character)),
            _ => Ok(TokenKind::Bare(word)),
        }
    }

    fn ends_bare(&self, character: char) -> bool {
        let sign = match self.syntax {
            Syntax::Cells => ",]()=!<>&|",
            Syntax::Json | Syntax::Terms => "{}()=!<>&|",
        };
        is_blank(character) || sign.contains(character)
    }

    fn unexpected(&self, character: char) -> PatternError {
        let kind = match character {
            '“' | '”' | '„' | '‟' | '‘' | '’' | '«' | '»' => {
                ErrorKind::TypographicQuote
            }
            '\'' => ErrorKind::SingleQuote,
            _ => ErrorKind::UnexpectedCharacter(character),
        };
        self.error(
            kind,
            Span::new(self.position, self.position + character.len_utf8()),
        )
    }
}

/// The text in the quotes that `rest` begins with, and how long it is with them; `None` when they
/// are never closed.
///
/// `\"` and `\\` are the quote and the backslash; any other backslash is itself. AWS documents no
/// escapes (sources, P37).
pub(super) fn quoted_text(rest: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match (character, characters.peek()) {
            ('"', _) => return Some((text, at + 1)),
            ('\\', Some(&(_, escaped @ ('"' | '\\')))) => {
                characters.next();
                text.push(escaped);
            }
            _ => text.push(character),
        }
    }
    None
}

/// Returns whether a character is white space, which means nothing between tokens (sources, P1).
pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// The characters of the names of fields and cells, and of words.
pub(crate) fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// Returns whether a value without quotes may have a character. AWS documents letters, digits and
/// `_`; its own examples and deployed patterns also have `.`, `-`, `+` and `*` (sources, P38).
fn is_bare(character: char) -> bool {
    is_name(character) || matches!(character, '.' | '*' | '+')
}
