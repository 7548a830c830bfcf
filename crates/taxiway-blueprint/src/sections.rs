//! Parts of a Python file or a script that only some applications get.
//!
//! A file below `files/` marks them with comments of their own lines, at any depth: `# if NAME`, `# else`, `# end`. They don't
//! nest, and what is written has none of these lines.

/// The text where each of the named conditions is as given.
pub(crate) fn choose(text: &str, conditions: &[(&str, bool)]) -> String {
    let mut chosen = String::with_capacity(text.len());
    let mut open = None;
    let mut is_wanted = true;
    for line in text.split_inclusive('\n') {
        let mark = line.trim().strip_prefix("# ");
        let begun = mark
            .and_then(|mark| mark.strip_prefix("if "))
            .and_then(|name| {
                let known = conditions.iter().find(|(known, _)| *known == name);
                known.map(|(_, is_so)| *is_so)
            });
        match (begun, open, mark) {
            (Some(is_so), _, _) => {
                open = begun;
                is_wanted = is_so;
            }
            (None, Some(is_so), Some("else")) => is_wanted = !is_so,
            (None, Some(_), Some("end")) => {
                open = None;
                is_wanted = true;
            }
            _ if is_wanted => chosen.push_str(line),
            _ => {}
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn one_of_two_branches_stays() {
        let text = "a\n    # if database\n    b\n    # else\n    c\n    # end\n# end of all\n# if only\nd\n";
        let chosen = |is_so| choose(text, &[("database", is_so)]);
        assert_eq!(chosen(true), "a\n    b\n# end of all\n# if only\nd\n");
        assert_eq!(chosen(false), "a\n    c\n# end of all\n# if only\nd\n");
    }
}
