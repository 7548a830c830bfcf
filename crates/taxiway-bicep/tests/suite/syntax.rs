//! The tree keeps every byte, and nothing stops the parser.

use proptest::prelude::*;
use taxiway_bicep::compile;
use taxiway_bicep::syntax::{TokenKind, parse};
use taxiway_diagnostics::MemorySources;

fn assert_lossless(text: &str) {
    let (tree, _) = parse(text);
    assert_eq!(tree.reassemble(), text);
    let tokens: String = tree
        .tokens()
        .iter()
        .map(|token| tree.slice(token.span))
        .collect();
    assert_eq!(tokens, text);
}

#[test]
fn cases_parse_without_errors_and_without_loss() {
    for (name, text) in super::bicep_files() {
        let (_, errors) = parse(&text);
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_lossless(&text);
        assert_lossless(&text.replace('\n', "\r\n"));
    }
}

#[test]
fn a_file_cut_anywhere_parses_and_compiles() {
    for (_, text) in super::bicep_files() {
        for (end, _) in text.char_indices() {
            let part = &text[..end];
            assert_lossless(part);
            let sources: MemorySources = [("main.bicep", part)].into_iter().collect();
            compile(&sources, "main.bicep".into());
        }
    }
}

#[test]
fn a_file_without_any_one_token_parses_and_compiles() {
    for (_, text) in super::bicep_files() {
        let (tree, _) = parse(&text);
        for token in tree.tokens() {
            if token.kind == TokenKind::Whitespace {
                continue;
            }
            let mut without = text.clone();
            without.replace_range(token.span.range(), "");
            let sources: MemorySources = [("main.bicep", without)].into_iter().collect();
            compile(&sources, "main.bicep".into());
        }
    }
}

#[test]
fn errors_point_at_whole_characters() {
    for start in [
        "type",
        "module",
        "module a",
        "targetScope",
        "import",
        "test",
    ] {
        let text = format!("{start}\u{feff}");
        let (_, errors) = parse(&text);
        for error in &errors {
            assert!(
                text.get(error.span.range()).is_some(),
                "{text:?}: {error:?}"
            );
        }
        assert!(!errors.is_empty(), "{text:?}");
    }
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let on_a_thread_of_tests = |text: String| {
        let sources: MemorySources = [("main.bicep", text)].into_iter().collect();
        let compilation = compile(&sources, "main.bicep".into());
        assert!(compilation.template.is_none());
    };
    for open in ["[", "(", "{ a: ", "!", "'${", "a ? b : ", "-", "x => "] {
        on_a_thread_of_tests(format!("var a = {}", open.repeat(20_000)));
    }
    on_a_thread_of_tests(format!("type a = {}", "(".repeat(20_000)));
    on_a_thread_of_tests(format!("var a = b{}", ".c".repeat(20_000)));
    on_a_thread_of_tests(format!("var a = 1{}", " + 1".repeat(20_000)));
}

proptest! {
    #[test]
    fn any_text_is_kept(text in "\\PC*") {
        assert_lossless(&text);
    }

    #[test]
    fn any_mix_of_tokens_compiles_or_is_reported(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "param", "var", "resource", "module", "output", "type", "func", "import", "for", "in", "if", "a", "b",
                "'x'", "'${", "}'", "'''", "$'''", "{", "}", "[", "]", "(", ")", ":", "=", "=>", "?", ".", "...", "??",
                "|", "!", "\n", "\n", "1", "@", "/*", "//", "existing", "from", "as", "*", ",", "\\u{", "<", ">",
            ]),
            0..60,
        )
    ) {
        let text = words.join(" ");
        assert_lossless(&text);
        let sources: MemorySources = [("main.bicep", text)].into_iter().collect();
        let compilation = compile(&sources, "main.bicep".into());
        let has_error = compilation.diagnostics.iter().any(taxiway_diagnostics::Diagnostic::is_error);
        prop_assert_eq!(compilation.template.is_none(), has_error);
    }
}
