//! Commands to copy into a shell.

use crate::text::printable;

/// The indentation of the lines of a command after its first.
const INDENT: &str = "  ";

/// The sign that continues a command on the next line.
const CONTINUATION: &str = " \\";

/// Returns the lines of a command, which is given as an option and its value at a time. They are
/// broken between options, and within a quoted value that is too long for a line.
pub fn command_lines(command: &[Vec<String>], width: usize) -> Vec<String> {
    let room = width - INDENT.len() - CONTINUATION.len();
    let mut lines: Vec<String> = Vec::new();
    for option in command {
        let text = option_text(option, room);
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(&text) <= room => {
                line.push(' ');
                line.push_str(&text);
            }
            _ => lines.push(text),
        }
    }
    joined(lines)
}

/// Marks all lines but the last as continued, and indents all but the first.
fn joined(lines: Vec<String>) -> Vec<String> {
    let text = lines.join(&format!("{CONTINUATION}\n{INDENT}"));
    text.lines().map(str::to_owned).collect()
}

fn option_text(option: &[String], room: usize) -> String {
    let words = option.iter().map(|word| quoted(&printable(word)));
    let text = words.collect::<Vec<_>>().join(" ");
    match option {
        [name, value] if length(&text) > room => {
            format!(
                "{name} {}",
                broken(&printable(value), room - length(name) - 1)
            )
        }
        _ => text,
    }
}

/// Returns a value quoted in pieces, each on a line of its own. A shell puts them together again.
fn broken(value: &str, room: usize) -> String {
    let mut pieces: Vec<String> = Vec::new();
    for word in value.split_inclusive(' ') {
        match pieces.last_mut() {
            Some(piece) if length(&always_quoted(&format!("{piece}{word}"))) <= room => {
                piece.push_str(word);
            }
            _ => pieces.push(word.to_owned()),
        }
    }
    let pieces = pieces.iter().map(|piece| always_quoted(piece));
    // Without a space before the sign and after the line break, the shell sees one word.
    pieces.collect::<Vec<_>>().join("\\\n")
}

/// Returns a word as a shell takes it, quoted if it must be.
pub fn quoted(word: &str) -> String {
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => always_quoted(word),
    }
}

/// Returns true if a sign means nothing but itself to a shell.
fn is_plain(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "-_./:=,@%+".contains(sign)
}

fn always_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn length(text: &str) -> usize {
    // A value that is broken has several lines, of which only the last can be continued.
    let last = text.rsplit('\n').next();
    last.unwrap_or_default().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(command: &[&[&str]], width: usize) -> Vec<String> {
        let words = |option: &&[&str]| option.iter().map(|word| (*word).to_owned()).collect();
        let command: Vec<Vec<String>> = command.iter().map(words).collect();
        command_lines(&command, width)
    }

    #[test]
    fn a_word_is_quoted_if_it_must_be() {
        for (word, expected) in [
            ("a-b/c.d_1", "a-b/c.d_1"),
            ("", "''"),
            ("a b", "'a b'"),
            ("~", "'~'"),
            ("it's", "'it'\\''s'"),
            ("$x", "'$x'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn a_command_is_broken_between_options() {
        let command: [&[&str]; 3] = [&["tool", "do"], &["--first", "1"], &["--second", "2"]];
        assert_eq!(lines(&command, 40), ["tool do --first 1 --second 2"]);
        assert_eq!(
            lines(&command, 21),
            ["tool do --first 1 \\", "  --second 2"]
        );
    }

    #[test]
    fn a_long_value_is_broken_in_its_quotes() {
        let command: [&[&str]; 3] = [&["tool"], &["-p", "one two three four"], &["-q"]];
        let found = lines(&command, 20);
        assert_eq!(found, ["tool \\", "  -p 'one two '\\", "'three four' -q"]);
    }
}
