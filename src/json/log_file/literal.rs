//! Escapes, numbers and words, byte by byte in the text.

/// Returns true if `rest` begins with the bytes that may follow a backslash.
pub(super) fn is_escape(rest: &[u8]) -> bool {
    match rest.first() {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => true,
        Some(b'u') => rest.get(1..5).is_some_and(are_hexadecimal),
        _ => false,
    }
}

fn are_hexadecimal(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

/// Returns true if `rest` begins with a number, `true`, `false` or `null`, and a sign after it.
#[inline(always)]
pub(super) fn is_literal(rest: &[u8]) -> bool {
    is_word(rest) || is_number(rest)
}

/// Returns true if `rest` begins with `true`, `false` or `null`, and a sign after it.
///
/// A processor cannot foresee which one it is, so this has no branches. With fewer than two bytes
/// after it, a word is not recognized, which does no harm: a whole document has three.
#[inline(always)]
fn is_word(rest: &[u8]) -> bool {
    let Some([first, second, third, fourth, fifth, sixth]) = rest.first_chunk() else {
        return false;
    };
    let four = [*first, *second, *third, *fourth];
    let is_false = (four == *b"fals") & (*fifth == b'e');
    let after = if is_false { *sixth } else { *fifth };
    (is_false | (four == *b"true") | (four == *b"null")) & is_end_of_literal(after)
}

#[inline(always)]
fn is_end_of_literal(sign: u8) -> bool {
    (sign == b',') | (sign == b'}') | (sign == b']')
}

// Numbers are rare in records, so their code is kept out of the loop over words.
#[inline(never)]
fn is_number(rest: &[u8]) -> bool {
    let after = number_bytes(rest).and_then(|bytes| rest.get(bytes));
    after.is_some_and(|sign| is_end_of_literal(*sign))
}

fn number_bytes(rest: &[u8]) -> Option<usize> {
    let mut at = usize::from(rest.first() == Some(&b'-'));
    at += match rest.get(at) {
        // No digit may follow a zero.
        Some(b'0') => 1,
        _ => digits(rest, at)?,
    };
    if rest.get(at) == Some(&b'.') {
        at += 1 + digits(rest, at + 1)?;
    }
    if let Some(b'e' | b'E') = rest.get(at) {
        at += 1 + exponent_bytes(rest, at + 1)?;
    }
    Some(at)
}

fn exponent_bytes(rest: &[u8], at: usize) -> Option<usize> {
    let sign = usize::from(matches!(rest.get(at), Some(b'+' | b'-')));
    Some(sign + digits(rest, at + sign)?)
}

/// Returns the number of digits at a place, if there are any.
fn digits(rest: &[u8], at: usize) -> Option<usize> {
    let digits = rest
        .get(at..)?
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let count = digits.count();
    (count > 0).then_some(count)
}
