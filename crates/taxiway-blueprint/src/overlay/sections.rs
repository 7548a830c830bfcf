//! Parts of a Python file that only some applications get.
//!
//! A file below `files/` marks them with comments of their own lines, at any depth: `# if database`, `# else`, `# end`. They
//! don't nest, and what is written has none of these lines.

/// The text for an application with or without a database.
pub(super) fn choose(text: &str, has_database: bool) -> String {
    let mut chosen = String::with_capacity(text.len());
    let mut is_wanted = true;
    for line in text.split_inclusive('\n') {
        match line.trim() {
            "# if database" => is_wanted = has_database,
            "# else" => is_wanted = !has_database,
            "# end" => is_wanted = true,
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
        let text = "a\n    # if database\n    b\n    # else\n    c\n    # end\nd\n";
        assert_eq!(choose(text, true), "a\n    b\nd\n");
        assert_eq!(choose(text, false), "a\n    c\nd\n");
    }
}
