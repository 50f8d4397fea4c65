//! The templates of the page, and the one place in which values become text of it.

use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error, Output, State, UndefinedBehavior, escape_formatter};
use serde::Serialize;

use crate::language::{Argument, Words};
use crate::render::chart::svg::escaped;

/// The templates by their names.
const TEMPLATES: [(&str, &str); 9] = [
    ("page", include_str!("templates/page.html")),
    ("answer", include_str!("templates/answer.html")),
    ("stories", include_str!("templates/stories.html")),
    ("alarms", include_str!("templates/alarms.html")),
    ("attempts", include_str!("templates/attempts.html")),
    ("coverage", include_str!("templates/coverage.html")),
    ("method", include_str!("templates/method.html")),
    ("backtest", include_str!("templates/backtest.html")),
    ("table", include_str!("templates/table.html")),
];

/// The templates, ready to be filled in.
pub(super) struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Prepares the templates, whose sentences are in a language.
    pub(super) fn new(words: &Words) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(write_value);
        let words = words.clone();
        environment.add_function("t", move |id: &str, values: Kwargs| {
            say(&words, id, &values)
        });
        for (name, text) in TEMPLATES {
            environment.add_template(name, text)?;
        }
        Ok(Self { environment })
    }

    /// Fills in a template. The result is a part of the page that is not escaped again.
    pub(super) fn fill(&self, name: &str, values: impl Serialize) -> Result<Value, Error> {
        let template = self.environment.get_template(name)?;
        Ok(markup(template.render(Serde(values))?))
    }
}

/// Returns a part of the page that is not escaped again. Only for what was escaped when it was
/// made: charts, filled templates, and files of this folder.
pub(super) fn markup(text: String) -> Value {
    Value::from_safe_string(text)
}

/// Writes a value of a template. Every text is escaped here, and made printable, so that no
/// template can forget it.
fn write_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => Ok(out.write_str(&escaped(text))?),
        Some(text) => Ok(out.write_str(text)?),
        None => escape_formatter(out, state, value),
    }
}

/// Returns a sentence with the values that a template gives.
fn say(words: &Words, id: &str, values: &Kwargs) -> Result<String, Error> {
    let mut arguments = Vec::new();
    for name in values.args() {
        let value: Value = values.get(name)?;
        let argument = match u64::try_from(value.clone()) {
            Ok(number) => Argument::Number(number),
            Err(_) => Argument::Text(value.to_string()),
        };
        arguments.push((name.to_owned(), argument));
    }
    Ok(words.say_named(id, arguments))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn no_template_leaves_a_value_unescaped() {
        for (name, text) in TEMPLATES {
            assert!(!text.contains("safe"), "{name}");
            assert!(!text.contains("autoescape"), "{name}");
            assert!(!text.contains("style="), "{name}");
            // An attribute without quotes ends at the first space of a value.
            assert!(!text.contains("={{"), "{name}");
        }
    }

    #[test]
    fn sentences_have_values() {
        let templates = Templates::new(&Words::new(Language::English)).expect("valid templates");
        let environment = templates.environment;
        let text = "{{ t('episode-count', count=1200) }} {{ '<b>\u{202e}' }}";
        let text = environment.render_str(text, ()).expect("a text");
        assert_eq!(text, "1,200 episodes &lt;b&gt;\\u{202e}");
    }
}
