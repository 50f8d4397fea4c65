//! Text to tokens, for the JSON and the space-delimited syntax.

use super::ast::Syntax;
use super::error::{ErrorKind, Parsed, PatternError};
use crate::text::span::Span;

/// A word or sign of a pattern, and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The kind of token, with its text.
    pub kind: TokenKind,
    /// The place of the token in the pattern.
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

/// The tokens of a pattern up to its end or to the first text that is not a token.
pub struct Tokens {
    /// The tokens in order.
    pub tokens: Vec<Token>,
    /// The error that stopped the lexer before the end.
    pub error: Option<PatternError>,
}

/// The operators and the mistakes that look like one. Of two with the same first character, the
/// longer one comes first.
const OPERATORS: [(&str, Result<TokenKind, ErrorKind>); 13] = [
    ("!=", Ok(TokenKind::NotEqual)),
    ("<=", Ok(TokenKind::LessOrEqual)),
    (">=", Ok(TokenKind::GreaterOrEqual)),
    ("&&", Ok(TokenKind::And)),
    ("||", Ok(TokenKind::Or)),
    ("==", Err(ErrorKind::DoubleEquals)),
    ("<>", Err(ErrorKind::AngleNotEqual)),
    ("=", Ok(TokenKind::Equal)),
    ("<", Ok(TokenKind::Less)),
    (">", Ok(TokenKind::Greater)),
    ("&", Err(ErrorKind::SingleOperator("&&"))),
    ("|", Err(ErrorKind::SingleOperator("||"))),
    ("!", Err(ErrorKind::NotOperator)),
];

/// Splits a pattern of this syntax into tokens.
pub fn lex(pattern: &str, syntax: Syntax) -> Tokens {
    let mut lexer = Lexer {
        pattern,
        syntax,
        position: 0,
    };
    let mut tokens = Vec::new();
    // The parser reports what is wrong before the place where the lexer stopped, so the tokens up
    // to there are kept.
    let error = lexer.read_all(&mut tokens).err();
    Tokens { tokens, error }
}

struct Lexer<'a> {
    pattern: &'a str,
    syntax: Syntax,
    position: usize,
}

impl<'a> Lexer<'a> {
    fn read_all(&mut self, tokens: &mut Vec<Token>) -> Parsed<()> {
        while let Some(token) = self.next()? {
            tokens.push(token);
        }
        Ok(())
    }

    fn next(&mut self) -> Parsed<Option<Token>> {
        self.take_while(is_blank);
        let start = self.position;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let kind = self.token(first)?;
        Ok(Some(Token {
            kind,
            span: Span::new(start, self.position),
        }))
    }

    fn token(&mut self, first: char) -> Parsed<TokenKind> {
        if let Some(kind) = self.single_sign(first) {
            self.position += 1;
            return Ok(kind);
        }
        let rest = self.rest();
        if let Some((text, kind)) = OPERATORS.iter().find(|(text, _)| rest.starts_with(text)) {
            return self.operator(text, kind.clone());
        }
        match first {
            '$' if self.syntax == Syntax::Json => self.selector(),
            '"' => self.quoted(),
            '%' => self.regex(),
            _ => self.bare(),
        }
    }

    /// Returns the token of a character that is a token by itself in this syntax.
    fn single_sign(&self, sign: char) -> Option<TokenKind> {
        let is_cells = self.syntax == Syntax::Cells;
        match sign {
            '{' => Some(TokenKind::OpenBrace),
            '}' => Some(TokenKind::CloseBrace),
            '(' => Some(TokenKind::OpenParenthesis),
            ')' => Some(TokenKind::CloseParenthesis),
            // In JSON patterns, brackets belong to selectors, which are read whole.
            '[' if is_cells => Some(TokenKind::OpenBracket),
            ']' if is_cells => Some(TokenKind::CloseBracket),
            ',' if is_cells => Some(TokenKind::Comma),
            _ => None,
        }
    }

    fn operator(&mut self, text: &str, kind: Result<TokenKind, ErrorKind>) -> Parsed<TokenKind> {
        let span = Span::new(self.position, self.position + text.len());
        self.position = span.end;
        kind.map_err(|kind| self.error(kind, span))
    }

    /// Reads a selector. It ends at white space or an operator, except inside brackets.
    fn selector(&mut self) -> Parsed<TokenKind> {
        let start = self.position;
        self.take_while(is_selector);
        // A name in brackets may contain what would end the selector elsewhere, such as a space.
        while self.peek() == Some('[') {
            self.bracket()?;
            self.take_while(is_selector);
        }
        Ok(TokenKind::Selector(self.text_from(start).to_owned()))
    }

    fn text_from(&self, start: usize) -> &str {
        Span::new(start, self.position).slice(self.pattern)
    }

    fn bracket(&mut self) -> Parsed<()> {
        let length = bracket_length(self.rest());
        self.enclosed(
            length.map(|length| ((), length)),
            ErrorKind::UnclosedBracket,
        )
    }

    fn quoted(&mut self) -> Parsed<TokenKind> {
        let text = self.enclosed(quoted_text(self.rest()), ErrorKind::UnclosedQuote)?;
        Ok(TokenKind::Quoted(text))
    }

    fn regex(&mut self) -> Parsed<TokenKind> {
        let body = self.enclosed(regex_body(self.rest()), ErrorKind::UnclosedRegex)?;
        Ok(TokenKind::Regex(body.to_owned()))
    }

    /// Steps over a text between two signs, which was found with its length or is never closed.
    fn enclosed<T>(&mut self, found: Option<(T, usize)>, kind: ErrorKind) -> Parsed<T> {
        let (text, length) = found.ok_or_else(|| self.error_here(kind, 1))?;
        self.position += length;
        Ok(text)
    }

    fn bare(&mut self) -> Parsed<TokenKind> {
        let word = self.take_while(is_bare).to_owned();
        match self.peek() {
            Some(character) if !self.ends_bare(character) => Err(self.unexpected(character)),
            _ => Ok(TokenKind::Bare(word)),
        }
    }

    fn ends_bare(&self, character: char) -> bool {
        let signs = match self.syntax {
            Syntax::Cells => ",]()=!<>&|",
            _ => "{}()=!<>&|",
        };
        is_blank(character) || signs.contains(character)
    }

    fn unexpected(&self, character: char) -> PatternError {
        let kind = match character {
            // Word processors replace quotes by these, which AWS does not take for quotes.
            '“' | '”' | '„' | '‟' | '‘' | '’' | '«' | '»' => {
                ErrorKind::TypographicQuote
            }
            '\'' => ErrorKind::SingleQuote,
            _ => ErrorKind::UnexpectedCharacter(character),
        };
        self.error_here(kind, character.len_utf8())
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        self.pattern.get(self.position..).unwrap_or("")
    }

    fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> &'a str {
        let (taken, _) = split_while(self.rest(), accepts);
        self.position += taken.len();
        taken
    }

    /// Returns an error for the next `length` bytes.
    fn error_here(&self, kind: ErrorKind, length: usize) -> PatternError {
        self.error(kind, Span::new(self.position, self.position + length))
    }

    fn error(&self, kind: ErrorKind, span: Span) -> PatternError {
        PatternError::new(kind, span, self.pattern)
    }
}

fn is_selector(character: char) -> bool {
    !character.is_whitespace() && !"=!<>&|(){}\"%[,".contains(character)
}

/// Returns the length of the bracket that `rest` begins with, its `]` included; `None` when it is
/// never closed.
fn bracket_length(rest: &str) -> Option<usize> {
    let inside = rest.get(1..)?;
    let name_end = match inside.chars().next() {
        Some(quote @ ('\'' | '"')) => quoted_name_end(inside, quote)?,
        _ => 0,
    };
    let end = name_end + inside.get(name_end..)?.find(']')?;
    Some(end + 2)
}

/// Returns the end of the quoted name that `inside` begins with. A line break ends it, too, so that
/// a quote left open does not pair with one on a later line.
fn quoted_name_end(inside: &str, quote: char) -> Option<usize> {
    let name = inside.get(1..)?;
    Some(name.find([quote, '\n'])? + 2)
}

/// Returns the text between the `%` that `rest` begins with and the next one, and its length with
/// both; `None` when the regular expression is never closed.
pub(super) fn regex_body(rest: &str) -> Option<(&str, usize)> {
    let (body, _) = rest.get(1..)?.split_once('%')?;
    Some((body, body.len() + 2))
}

/// Returns the text in the quotes that `rest` begins with, and its length with the quotes; `None`
/// when they are never closed.
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

/// Splits a text before its first character that is not accepted.
pub(super) fn split_while(text: &str, accepts: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|character| !accepts(character));
    text.split_at(end.unwrap_or(text.len()))
}

/// Returns whether a character is white space, which means nothing between tokens (sources, P1).
pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// Returns whether a character may be in the names of fields and cells, and in words.
pub(crate) fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// Returns whether a term without quotes may have a character. `-` and `?` end it (sources, P23).
pub(super) fn is_term(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '_' | '.')
        || !character.is_ascii() && character.is_alphabetic()
}

/// Returns whether a value without quotes may have a character. AWS documents letters, digits and
/// `_`; its own examples and deployed patterns also have `.`, `-`, `+` and `*` (sources, P38).
fn is_bare(character: char) -> bool {
    is_name(character) || matches!(character, '.' | '*' | '+')
}
