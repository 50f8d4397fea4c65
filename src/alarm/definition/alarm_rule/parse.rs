//! The text of a rule to its tree.

use crate::alarm::definition::alarm_rule::error::{
    AlarmRuleError, AlarmRuleErrorKind as Kind, CHILDREN_LIMIT, ELEMENTS_LIMIT, RULE_LIMIT,
};
use crate::alarm::definition::alarm_rule::expression::{Quantity, RuleExpression, StateCondition};
use crate::alarm::definition::place::alarm_name;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::text::span::Span;

/// The parser of a rule.
pub(super) struct RuleParser<'a> {
    text: &'a str,
    offset: usize,
    elements: usize,
    children: Vec<String>,
}

type ParsedRule<T> = Result<T, AlarmRuleError>;

impl<'a> RuleParser<'a> {
    /// Parses a rule to its tree and the names of its children.
    pub(super) fn parse(text: &'a str) -> ParsedRule<(RuleExpression, Vec<String>)> {
        let mut parser = Self::new(text);
        parser.check_length()?;
        Ok((parser.whole()?, parser.children))
    }

    fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            elements: 0,
            children: Vec::new(),
        }
    }

    fn check_length(&self) -> ParsedRule<()> {
        match self.text.chars().count() {
            ..=RULE_LIMIT => Ok(()),
            length => Err(self.error(Kind::TooLong(length), Span::new(0, self.text.len()))),
        }
    }

    /// Parses the whole rule, up to the end of the text.
    fn whole(&mut self) -> ParsedRule<RuleExpression> {
        let expression = self.any()?;
        match self.next_word() {
            Some(rest) => Err(self.error(Kind::ExpectedOperator, rest)),
            None => Ok(expression),
        }
    }

    /// Parses conditions with OR between them. AND binds tighter, as everywhere.
    fn any(&mut self) -> ParsedRule<RuleExpression> {
        let mut parts = vec![self.all()?];
        while self.takes_word("OR") {
            parts.push(self.all()?);
        }
        Ok(joined(parts, RuleExpression::Any))
    }

    fn all(&mut self) -> ParsedRule<RuleExpression> {
        let mut parts = vec![self.not()?];
        while self.takes_word("AND") {
            parts.push(self.not()?);
        }
        Ok(joined(parts, RuleExpression::All))
    }

    fn not(&mut self) -> ParsedRule<RuleExpression> {
        let is_negated = self.negations();
        let condition = self.condition()?;
        Ok(condition.negated_if(is_negated))
    }

    /// Takes every NOT, and returns true if they negate the condition after them.
    fn negations(&mut self) -> bool {
        // A loop, not recursion: NOT is not an element, so no limit bounds it.
        let mut is_negated = false;
        while self.takes_word("NOT") {
            is_negated = !is_negated;
        }
        is_negated
    }

    fn condition(&mut self) -> ParsedRule<RuleExpression> {
        self.count_element()?;
        match self.takes('(') {
            true => self.rest_of_parentheses(),
            false => self.simple_condition(),
        }
    }

    fn simple_condition(&mut self) -> ParsedRule<RuleExpression> {
        match self.constant() {
            Some(value) => Ok(RuleExpression::Constant(value)),
            None => self.condition_on_alarms(),
        }
    }

    fn rest_of_parentheses(&mut self) -> ParsedRule<RuleExpression> {
        let inside = self.any()?;
        self.expect(')')?;
        Ok(inside)
    }

    fn constant(&mut self) -> Option<bool> {
        if self.takes_word("TRUE") {
            return Some(true);
        }
        self.takes_word("FALSE").then_some(false)
    }

    fn condition_on_alarms(&mut self) -> ParsedRule<RuleExpression> {
        match self.takes_word("AT_LEAST") {
            true => self.at_least(),
            false => self.state_of_alarm(),
        }
    }

    /// Parses `STATE(name)`.
    fn state_of_alarm(&mut self) -> ParsedRule<RuleExpression> {
        let state = self.expect_state()?;
        let alarm = self.alarm_in_parentheses()?;
        Ok(RuleExpression::Is(StateCondition::in_state(state), alarm))
    }

    fn expect_state(&mut self) -> ParsedRule<AlarmState> {
        if let Some(state) = self.state() {
            return Ok(state);
        }
        let span = self.next_word_or_end();
        Err(self.error(Kind::ExpectedCondition, span))
    }

    fn alarm_in_parentheses(&mut self) -> ParsedRule<usize> {
        self.expect('(')?;
        let alarm = self.alarm()?;
        self.expect(')')?;
        Ok(alarm)
    }

    /// Parses the rest of `AT_LEAST(quantity, state, (names))`.
    fn at_least(&mut self) -> ParsedRule<RuleExpression> {
        self.expect('(')?;
        let quantity = self.next_word_or_here();
        self.offset = quantity.end;
        self.expect(',')?;
        let is_negated = self.takes_word("NOT");
        let Some(state) = self.state() else {
            let span = self.next_word_or_here();
            return Err(self.error(Kind::ExpectedState, span));
        };
        self.expect(',')?;
        let alarms = self.alarms()?;
        self.expect(')')?;
        // The quantity comes first, but the number of alarms bounds it.
        let quantity = self.quantity(quantity, alarms.len())?;
        let condition = StateCondition { state, is_negated };
        Ok(RuleExpression::AtLeast(quantity, condition, alarms))
    }

    fn quantity(&self, span: Span, alarms: usize) -> ParsedRule<Quantity> {
        let written = span.slice(self.text);
        let quantity = match written.strip_suffix('%') {
            Some(percent) => number_up_to(percent, 100).map(Quantity::Percent),
            None => number_up_to(written, alarms).map(Quantity::Number),
        };
        quantity.ok_or_else(|| self.error(Kind::ExpectedQuantity { alarms }, span))
    }

    fn state(&mut self) -> Option<AlarmState> {
        let mut states = AlarmState::ALL.into_iter();
        states.find(|state| self.takes_word(&state.to_string()))
    }

    /// Parses a list of alarms in parentheses.
    fn alarms(&mut self) -> ParsedRule<Vec<usize>> {
        self.expect('(')?;
        let alarms = self.listed_alarms()?;
        self.expect(')')?;
        Ok(alarms)
    }

    fn listed_alarms(&mut self) -> ParsedRule<Vec<usize>> {
        let mut alarms = vec![self.alarm()?];
        while self.takes(',') {
            // The first one is counted.
            self.count_element()?;
            alarms.push(self.alarm()?);
        }
        Ok(alarms)
    }

    /// Parses a name or an ARN, and returns the number of the child.
    fn alarm(&mut self) -> ParsedRule<usize> {
        self.skip_space();
        let start = self.offset;
        let written = self.name(start)?;
        let span = Span::new(start, self.offset);
        self.child(alarm_name(&written), span)
    }

    fn name(&mut self, start: usize) -> ParsedRule<String> {
        match self.takes('"') {
            true => self.quoted(start),
            false => self.unquoted(),
        }
    }

    /// Returns the number of the child with this name, which is added if the rule has not named it
    /// before.
    fn child(&mut self, name: &str, span: Span) -> ParsedRule<usize> {
        match self.children.iter().position(|child| child == name) {
            Some(known) => Ok(known),
            None => self.add_child(name, span),
        }
    }

    fn add_child(&mut self, name: &str, span: Span) -> ParsedRule<usize> {
        if self.children.len() == CHILDREN_LIMIT {
            return Err(self.error(Kind::TooManyChildren, span));
        }
        self.children.push(name.to_owned());
        Ok(self.children.len() - 1)
    }

    fn unquoted(&mut self) -> ParsedRule<String> {
        // Between parentheses, a keyword is a name like any other.
        match self.next_word() {
            Some(word) if !word.slice(self.text).starts_with(['(', ')', ',']) => {
                self.offset = word.end;
                Ok(word.slice(self.text).to_owned())
            }
            _ => {
                let span = self.next_word_or_end();
                Err(self.error(Kind::ExpectedName, span))
            }
        }
    }

    /// Parses the rest of a quoted name; a backslash escapes the next character.
    fn quoted(&mut self, start: usize) -> ParsedRule<String> {
        let mut name = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' if name.is_empty() => break,
                '"' => {
                    self.offset += at + 1;
                    return Ok(name);
                }
                '\\' => name.extend(characters.next().map(|(_, escaped)| escaped)),
                other => name.push(other),
            }
        }
        let span = Span::new(start, self.text.len());
        // If the quote is closed at once, the loop has ended because the name is empty.
        if self.rest().starts_with('"') {
            Err(self.error(Kind::ExpectedName, span))
        } else {
            Err(self.error(Kind::UnclosedQuote, span))
        }
    }

    fn count_element(&mut self) -> ParsedRule<()> {
        self.elements += 1;
        if self.elements <= ELEMENTS_LIMIT {
            return Ok(());
        }
        let rest = Span::new(self.offset, self.text.len());
        Err(self.error(Kind::TooManyElements, rest))
    }

    fn error(&self, kind: Kind, span: Span) -> AlarmRuleError {
        AlarmRuleError {
            kind,
            span,
            rule: self.text.to_owned(),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or("")
    }

    fn skip_space(&mut self) {
        self.offset += self.rest().len() - self.rest().trim_start().len();
    }

    /// Returns the next word, without taking it: up to a space, a parenthesis or a comma, of which
    /// the last two are words of their own. `None` at the end.
    fn next_word(&mut self) -> Option<Span> {
        self.skip_space();
        let length = word_length(self.rest())?;
        Some(Span::new(self.offset, self.offset + length))
    }

    fn next_word_or_end(&mut self) -> Span {
        let end = Span::new(self.text.len(), self.text.len());
        self.next_word().unwrap_or(end)
    }

    fn next_word_or_here(&mut self) -> Span {
        let here = Span::new(self.offset, self.offset);
        self.next_word().unwrap_or(here)
    }

    /// Takes a keyword if it is next. AWS writes keywords in capitals; nothing else can be meant by
    /// one in small letters.
    fn takes_word(&mut self, keyword: &str) -> bool {
        match self.next_word() {
            Some(word) if word.slice(self.text).eq_ignore_ascii_case(keyword) => {
                self.offset = word.end;
                true
            }
            _ => false,
        }
    }

    fn takes(&mut self, character: char) -> bool {
        self.skip_space();
        let is_next = self.rest().starts_with(character);
        if is_next {
            self.offset += character.len_utf8();
        }
        is_next
    }

    fn expect(&mut self, character: char) -> ParsedRule<()> {
        if self.takes(character) {
            return Ok(());
        }
        let span = self.next_word_or_end();
        Err(self.error(Kind::ExpectedCharacter(character), span))
    }
}

/// Returns the length of the word that a text begins with, in bytes; `None` at the end.
fn word_length(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    match ends_word(first) {
        true => Some(first.len_utf8()),
        false => Some(rest.find(ends_word).unwrap_or(rest.len())),
    }
}

fn ends_word(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | ',')
}

fn number_up_to(text: &str, limit: usize) -> Option<usize> {
    let number = text.parse().ok()?;
    (1..=limit).contains(&number).then_some(number)
}

/// Returns the only part, or all parts in one expression.
fn joined(
    mut parts: Vec<RuleExpression>,
    join: fn(Vec<RuleExpression>) -> RuleExpression,
) -> RuleExpression {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        join(parts)
    }
}
