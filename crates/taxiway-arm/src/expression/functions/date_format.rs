//! Dates as .NET formats them with the invariant culture.
//!
//! Source: .NET documentation, "Standard date and time format strings" and "Custom date and time format strings".

use jiff::Zoned;

/// Writes a point in time in UTC.
///
/// # Errors
/// What is wrong with the format.
pub(super) fn write(moment: &Zoned, format: &str) -> Result<String, String> {
    let pattern = if format.chars().count() == 1 {
        standard(format).ok_or_else(|| format!("the date format '{format}' is not supported"))?
    } else {
        format
    };
    let mut output = String::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => output.extend(characters.by_ref().take_while(|next| *next != character)),
            '\\' => output.extend(characters.next()),
            '%' => {}
            _ if character.is_ascii_alphabetic() => {
                let mut width = 1;
                while characters.next_if_eq(&character).is_some() {
                    width += 1;
                }
                field(moment, character, width, &mut output);
            }
            _ => output.push(character),
        }
    }
    Ok(output)
}

fn standard(format: &str) -> Option<&'static str> {
    Some(match format {
        "d" => "MM/dd/yyyy",
        "D" => "dddd, dd MMMM yyyy",
        "f" => "dddd, dd MMMM yyyy HH:mm",
        "F" => "dddd, dd MMMM yyyy HH:mm:ss",
        "g" => "MM/dd/yyyy HH:mm",
        "G" => "MM/dd/yyyy HH:mm:ss",
        "m" | "M" => "MMMM dd",
        "o" | "O" => "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
        "r" | "R" => "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
        "s" => "yyyy-MM-dd'T'HH:mm:ss",
        "t" => "HH:mm",
        "T" => "HH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ss'Z'",
        "U" => "dddd, dd MMMM yyyy HH:mm:ss",
        "y" | "Y" => "yyyy MMMM",
        _ => return None,
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

fn field(moment: &Zoned, letter: char, width: usize, output: &mut String) {
    let month = MONTHS[usize::from(moment.month().unsigned_abs()) - 1];
    let day = DAYS[usize::from(moment.weekday().to_monday_zero_offset().unsigned_abs())];
    let hour = moment.hour();
    let hour_of_12 = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    let half = if hour < 12 { "AM" } else { "PM" };
    let text = match (letter, width) {
        ('d', 1 | 2) => padded(moment.day().into(), width),
        ('d', 3) => day[..3].to_owned(),
        ('d', _) => day.to_owned(),
        ('M', 1 | 2) => padded(moment.month().into(), width),
        ('M', 3) => month[..3].to_owned(),
        ('M', _) => month.to_owned(),
        ('y', 1 | 2) => padded((moment.year() % 100).into(), width),
        ('y', _) => padded(moment.year().into(), width),
        ('H', _) => padded(hour.into(), width.min(2)),
        ('h', _) => padded(hour_of_12.into(), width.min(2)),
        ('m', _) => padded(moment.minute().into(), width.min(2)),
        ('s', _) => padded(moment.second().into(), width.min(2)),
        ('f', _) => fraction(moment)[..width.min(9)].to_owned(),
        ('F', _) => fraction(moment)[..width.min(9)]
            .trim_end_matches('0')
            .to_owned(),
        ('t', 1) => half[..1].to_owned(),
        ('t', _) => half.to_owned(),
        ('K', 1) => "Z".to_owned(),
        ('z', 1) => "+0".to_owned(),
        ('z', 2) => "+00".to_owned(),
        ('z', _) => "+00:00".to_owned(),
        ('g', _) => "A.D.".to_owned(),
        // Other letters stand for themselves.
        (letter, width) => letter.to_string().repeat(width),
    };
    output.push_str(&text);
}

fn fraction(moment: &Zoned) -> String {
    format!("{:09}", moment.subsec_nanosecond())
}

fn padded(number: i32, width: usize) -> String {
    format!("{number:0>width$}")
}
