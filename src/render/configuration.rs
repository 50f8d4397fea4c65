//! The configuration files and the settings of a command, for people and for programs.

use std::env;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::grid::Grid;
use super::json::write_document;
use super::style::{HEADING, QUIET};
use crate::configuration::environment::{VARIABLES, Variable};
use crate::configuration::{
    ConfigurationPlace, OptionValue, SettingUse, Settings, UsedSetting, ValueOrigin,
};
use crate::text::printable_path;

/// The text for a value that must not be shown.
const HIDDEN: &str = "(set)";

/// Writes the settings of a command for people.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(settings: &Settings, out: &mut dyn Write) -> io::Result<()> {
    write_places(&settings.places, out)?;
    match settings.command.as_str() {
        "config show" => write_all_settings(&settings.settings, out)?,
        command => {
            write_options(command, &settings.options, out)?;
            write_unused(&settings.settings, out)?;
        }
    }
    write_variables(out)
}

fn write_places(places: &[ConfigurationPlace], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEADING}Configuration files{HEADING:#}")?;
    if places.is_empty() {
        writeln!(out, "  {QUIET}none is read{QUIET:#}")?;
    }
    for place in places {
        let path = printable_path(&place.path);
        match place.is_found {
            true => writeln!(out, "  {path}")?,
            false => writeln!(out, "  {path}  {QUIET}does not exist{QUIET:#}")?,
        }
    }
    Ok(())
}

fn write_all_settings(settings: &[UsedSetting], out: &mut dyn Write) -> io::Result<()> {
    if settings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{HEADING}Settings{HEADING:#}")?;
    let mut grid = Grid::new(["command", "option", "value", "from"]);
    for UsedSetting { setting, .. } in settings {
        let command = setting.command.as_deref().unwrap_or("all");
        let (value, origin) = (setting.value.to_string(), setting.origin.to_string());
        grid.add([command, &setting.option, &value, &origin]);
    }
    grid.write("  ", out)
}

fn write_options(command: &str, options: &[OptionValue], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{HEADING}Options of backtrail {command}{HEADING:#}")?;
    let mut grid = Grid::new(["option", "value", "from"]);
    for option in options {
        let value = match option.values.as_slice() {
            [] => "true".to_owned(),
            values => values.join(", "),
        };
        grid.add([&*option.option, &value, &origin(&option.origin)]);
    }
    grid.write("  ", out)
}

fn origin(origin: &ValueOrigin) -> String {
    match origin {
        ValueOrigin::CommandLine => "command line".to_owned(),
        ValueOrigin::File(origin) => origin.to_string(),
        ValueOrigin::Default => "default".to_owned(),
    }
}

/// Writes the settings for the command that it does not use, and why.
fn write_unused(settings: &[UsedSetting], out: &mut dyn Write) -> io::Result<()> {
    let mut grid = Grid::new(["option", "value", "from", ""]);
    let mut count = 0;
    for used in settings {
        let Some(reason) = reason(&used.usage) else {
            continue;
        };
        count += 1;
        let setting = &used.setting;
        let (value, origin) = (setting.value.to_string(), setting.origin.to_string());
        grid.add([&*setting.option, &value, &origin, &reason]);
    }
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "\n{HEADING}Settings that are not used{HEADING:#}")?;
    grid.write("  ", out)
}

/// Returns the reason why a command does not use a setting that is for it.
fn reason(usage: &SettingUse) -> Option<String> {
    match usage {
        SettingUse::Used | SettingUse::Elsewhere => None,
        SettingUse::Typed => Some("the command line says otherwise".to_owned()),
        SettingUse::Replaced(origin) => Some(format!("{origin} says otherwise")),
        SettingUse::Unsuitable(reason) => Some(reason.clone()),
    }
}

fn write_variables(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{HEADING}Environment{HEADING:#}")?;
    let mut grid = Grid::new(["variable", "value", "meaning"]);
    for variable in VARIABLES {
        if let Some(value) = value(variable) {
            grid.add([variable.name, &value, variable.about]);
        }
    }
    grid.write("  ", out)
}

/// Returns the value of a variable that is set, as far as it may be shown.
fn value(variable: &Variable) -> Option<String> {
    let value = env::var_os(variable.name)?;
    match variable.is_secret {
        true => Some(HIDDEN.to_owned()),
        false => Some(value.to_string_lossy().into_owned()),
    }
}

/// Writes the settings of a command as one JSON object.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_json(settings: &Settings, out: &mut dyn Write) -> io::Result<()> {
    let places = settings.places.iter().map(|place| {
        let path = place.path.to_string_lossy();
        json!({"file": path, "exists": place.is_found})
    });
    let variables = VARIABLES.iter().filter_map(|variable| {
        let value = value(variable)?;
        Some((variable.name.to_owned(), Value::from(value)))
    });
    let document = json!({
        "command": settings.command,
        "files": places.collect::<Vec<_>>(),
        "options": settings.options.iter().map(option_json).collect::<Vec<_>>(),
        "settings": settings.settings.iter().map(setting_json).collect::<Vec<_>>(),
        "environment": variables.collect::<serde_json::Map<_, _>>(),
    });
    write_document(&document, out)
}

fn option_json(option: &OptionValue) -> Value {
    let origin = match &option.origin {
        ValueOrigin::CommandLine => json!({"kind": "command_line"}),
        ValueOrigin::File(origin) => {
            json!({"kind": "file", "file": origin.file.to_string_lossy(), "line": origin.line})
        }
        ValueOrigin::Default => json!({"kind": "default"}),
    };
    json!({"option": option.option, "values": option.values, "from": origin})
}

fn setting_json(used: &UsedSetting) -> Value {
    let setting = &used.setting;
    json!({
        "command": setting.command,
        "option": setting.option,
        "value": setting.value.to_string(),
        "file": setting.origin.file.to_string_lossy(),
        "line": setting.origin.line,
        "used": used.usage == SettingUse::Used,
        "reason": reason(&used.usage),
    })
}
