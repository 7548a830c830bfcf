//! `format()` and the text of values, as .NET writes them with the invariant culture.

use serde_json::{Number, Value};

/// A value as text: what `string()`, `concat()` and a format item without a format give.
pub(super) fn display(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// Fills the items `{index[,alignment][:format]}` of a composite format string; `{{` and `}}` are braces.
///
/// Source: .NET documentation, "Composite formatting".
///
/// # Errors
/// What is wrong with the format string.
pub(super) fn format_items(pattern: &str, values: &[&Value]) -> Result<String, String> {
    let mut output = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(position) = rest.find(['{', '}']) {
        let (text, from_brace) = rest.split_at(position);
        output.push_str(text);
        let brace = &from_brace[..1];
        let after = &from_brace[1..];
        if let Some(after) = after.strip_prefix(brace) {
            output.push_str(brace);
            rest = after;
        } else if brace == "{" {
            let end = after
                .find('}')
                .ok_or("a '{' of the format string is not closed")?;
            output.push_str(&item(&after[..end], values)?);
            rest = &after[end + 1..];
        } else {
            return Err("a '}' of the format string is not opened".to_owned());
        }
    }
    output.push_str(rest);
    Ok(output)
}

fn item(item: &str, values: &[&Value]) -> Result<String, String> {
    let (position, format) = match item.split_once(':') {
        Some((position, format)) => (position, Some(format)),
        None => (item, None),
    };
    let (index, alignment) = match position.split_once(',') {
        Some((index, alignment)) => (index, Some(alignment)),
        None => (position, None),
    };
    let invalid = || format!("'{{{item}}}' is not a format item");
    let index: usize = index.trim().parse().map_err(|_| invalid())?;
    let value = values.get(index).ok_or_else(|| {
        format!(
            "the format item '{{{index}}}' has no argument: there are {}",
            values.len()
        )
    })?;
    let text = match (value, format) {
        (Value::Number(number), Some(format)) if !format.is_empty() => formatted(number, format)?,
        _ => display(value),
    };
    let Some(alignment) = alignment else {
        return Ok(text);
    };
    let width: i32 = alignment.trim().parse().map_err(|_| invalid())?;
    let missing = (width.unsigned_abs().min(100_000) as usize).saturating_sub(text.chars().count());
    let padding = " ".repeat(missing);
    Ok(if width < 0 {
        text + &padding
    } else {
        padding + &text
    })
}

/// A number with a standard or custom format. Source: .NET documentation, "Standard numeric format strings".
fn formatted(number: &Number, format: &str) -> Result<String, String> {
    let (kind, precision) = format.split_at(format.chars().next().map_or(0, char::len_utf8));
    let precision = match precision {
        "" => None,
        digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Some(digits.parse::<usize>().unwrap_or(100).min(100))
        }
        _ => return custom(number, format),
    };
    let float = number.as_f64().unwrap_or_default();
    let integer = number.as_i64();
    let only_integers = || format!("the format '{format}' is for integers only");
    Ok(match kind {
        "D" | "d" => {
            let integer = integer.ok_or_else(only_integers)?;
            signed(
                integer < 0,
                format!("{:0>1$}", integer.unsigned_abs(), precision.unwrap_or(0)),
            )
        }
        "X" => format!(
            "{:0>1$}",
            format!("{:X}", integer.ok_or_else(only_integers)?),
            precision.unwrap_or(0)
        ),
        "x" => format!(
            "{:0>1$}",
            format!("{:x}", integer.ok_or_else(only_integers)?),
            precision.unwrap_or(0)
        ),
        "F" | "f" => format!("{float:.0$}", precision.unwrap_or(2)),
        "N" | "n" => signed(
            float < 0.0,
            grouped(&format!("{:.1$}", float.abs(), precision.unwrap_or(2))),
        ),
        "P" | "p" => {
            let percent = grouped(&format!(
                "{:.1$}",
                float.abs() * 100.0,
                precision.unwrap_or(2)
            ));
            signed(float < 0.0, percent) + " %"
        }
        "G" | "g" | "R" | "r" => number.to_string(),
        _ => return custom(number, format),
    })
}

fn signed(is_negative: bool, digits: String) -> String {
    if is_negative {
        format!("-{digits}")
    } else {
        digits
    }
}

/// Digits with a comma between thousands.
fn grouped(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut output = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            output.push(',');
        }
        output.push(digit);
    }
    if !fraction.is_empty() {
        output.push('.');
        output.push_str(fraction);
    }
    output
}

/// A custom format of `0`, `#`, `,` and `.` with literal text around it.
fn custom(number: &Number, format: &str) -> Result<String, String> {
    let is_placeholder = |character: char| matches!(character, '0' | '#' | ',' | '.');
    let start = format
        .find(is_placeholder)
        .ok_or_else(|| format!("the number format '{format}' is not supported"))?;
    let end = format.rfind(is_placeholder).map_or(start, |end| end + 1);
    let picture = &format[start..end];
    if !picture.chars().all(is_placeholder) || picture.matches('.').count() > 1 {
        return Err(format!("the number format '{format}' is not supported"));
    }
    let (whole, fraction) = picture.split_once('.').unwrap_or((picture, ""));
    let float = number.as_f64().unwrap_or_default();
    let text = match number.as_i64() {
        Some(integer) if fraction.is_empty() => integer.unsigned_abs().to_string(),
        _ => format!("{:.1$}", float.abs(), fraction.len()),
    };
    let (whole_digits, fraction_digits) = text.split_once('.').unwrap_or((&text, ""));
    let least_whole = whole.matches('0').count();
    let least_fraction = fraction.rfind('0').map_or(0, |last| last + 1);
    let mut fraction_digits = fraction_digits.to_owned();
    while fraction_digits.len() > least_fraction && fraction_digits.ends_with('0') {
        fraction_digits.pop();
    }
    let whole_digits = match whole_digits.trim_start_matches('0') {
        "" if least_whole == 0 => String::new(),
        digits => format!("{digits:0>least_whole$}"),
    };
    let whole_digits = if whole.contains(',') {
        grouped(&whole_digits)
    } else {
        whole_digits
    };
    let digits = if fraction_digits.is_empty() {
        whole_digits
    } else {
        format!("{whole_digits}.{fraction_digits}")
    };
    Ok(format!(
        "{}{}{digits}{}",
        if float < 0.0 { "-" } else { "" },
        &format[..start],
        &format[end..]
    ))
}
