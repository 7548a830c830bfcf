//! The formatter.

use insta::assert_snapshot;
use taxiway_bicep::{FormatOptions, compile, format, format_with};
use taxiway_diagnostics::{MemorySources, Sources};

#[test]
fn formatting_twice_changes_nothing_more() {
    for (name, text) in super::bicep_files() {
        let once = format(&text);
        assert_eq!(format(&once), once, "{name}");
        let windows = format(&text.replace('\n', "\r\n"));
        assert_eq!(windows.replace("\r\n", "\n"), once, "{name}");
    }
}

#[test]
fn formatted_files_mean_the_same() {
    for (name, sources) in super::cases() {
        let formatted: MemorySources = sources
            .files()
            .into_iter()
            .map(|file| {
                let text = sources.read_text(&file).unwrap();
                let is_bicep = file.extension() == Some("bicep");
                let text = if is_bicep { format(&text) } else { text };
                (file, text)
            })
            .collect();
        let before = compile(&sources, "main.bicep".into()).template;
        let after = compile(&formatted, "main.bicep".into()).template;
        assert_eq!(before, after, "{name}");
    }
}

#[test]
fn spaces_lines_and_commas_are_set_and_comments_stay() {
    let text = "
// why
param   a  string='x' // trailing



@description( 'd' )
var b={ // open

      c :1,d : [ 1,2 , ]

    /* e */ e: a=='x'?!true:-1


}
#disable-next-line no-unused-vars
var f = [for (x , i) in range( 0,3 ):{
 name:'${x}${ i }'
}]
var g = a
    ? 'yes'
  : 'no'
type t=string []?
type u = | 'a'
 | 'b'
output o string=b . c [ 0 ]! .?x";
    assert_snapshot!(format(text), @r#"
    // why
    param a string = 'x' // trailing

    @description('d')
    var b = {
      // open

      c: 1
      d: [1, 2]

      /* e */ e: a == 'x' ? !true : -1
    }
    #disable-next-line no-unused-vars
    var f = [
      for (x, i) in range(0, 3): {
        name: '${x}${ i }'
      }
    ]
    var g = a ? 'yes' : 'no'
    type t = string[]?
    type u = 'a' | 'b'
    output o string = b.c[0]!.?x
    "#);
}

#[test]
fn a_file_that_does_not_parse_is_left_alone() {
    let text = "param a   string =\nvar";
    assert_eq!(format(text), text);
}

fn narrow(text: &str) -> String {
    let options = FormatOptions {
        width: 40,
        ..FormatOptions::default()
    };
    let once = format_with(text, &options);
    assert_eq!(format_with(&once, &options), once);
    once
}

#[test]
fn what_does_not_fit_is_broken_from_the_outside_in() {
    let text = "var list = ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc']
var fits = ['aaaaaaaaaa', 'bbbbbbbbbb']
var object = { first: ['aaaaaa', 'bbbbbb'], second: 'cccccc' }
var called = union(['aaaaaaaaaa'], ['bbbbbbbbbb'], ['c'])
var chosen = length(list) == 3 ? 'aaaaaaaaaa' : 'bbbbbbbbbb'
type size = 'aaaaaaaaaa' | 'bbbbbbbbbb' | 'cccccccccc'
func double(text string) string => '${text}${text}${text}'
";
    assert_snapshot!(narrow(text), @r#"
    var list = [
      'aaaaaaaaaa'
      'bbbbbbbbbb'
      'cccccccccc'
    ]
    var fits = ['aaaaaaaaaa', 'bbbbbbbbbb']
    var object = {
      first: ['aaaaaa', 'bbbbbb']
      second: 'cccccc'
    }
    var called = union(
      ['aaaaaaaaaa'],
      ['bbbbbbbbbb'],
      ['c']
    )
    var chosen = length(list) == 3
      ? 'aaaaaaaaaa'
      : 'bbbbbbbbbb'
    type size =
      | 'aaaaaaaaaa'
      | 'bbbbbbbbbb'
      | 'cccccccccc'
    func double(text string) string =>
      '${text}${text}${text}'
    "#);
}

#[test]
fn what_the_source_breaks_stays_broken_where_that_is_its_own_choice() {
    let text = "var object = {
  a: 1 }
var list = [1
  2, 3]
var called = map(list, item => {
  name: item
})
var commented = [
  1 // one
  /* two */ 2
  // nothing more
]
";
    assert_snapshot!(narrow(text), @r#"
    var object = {
      a: 1
    }
    var list = [1, 2, 3]
    var called = map(list, item => {
      name: item
    })
    var commented = [
      1 // one
      /* two */ 2
      // nothing more
    ]
    "#);
}

#[test]
fn a_comment_in_an_odd_place_leaves_its_statement_as_it_is() {
    let text = "var   a = [1, /* more */ ...  b]\nvar   b  =  1\n";
    assert_eq!(
        format(text),
        "var   a = [1, /* more */ ...  b]\nvar b = 1\n"
    );
}

#[test]
fn settings_come_from_the_nearest_configuration() {
    let sources = MemorySources::from_text(
        "--- a/main.bicep
var list = { a: 1, bb: 22 }
--- bicepconfig.json
{ \"formatting\": { \"width\": 20, \"indentKind\": \"Space\", \"indentSize\": 4, \"insertFinalNewline\": false } }
--- b/bicepconfig.json
{ \"formatting\": { \"indentKind\": \"Tab\", \"newlineKind\": \"CRLF\", \"width\": 10 } }
",
    );
    let text = sources.read_text("a/main.bicep".into()).unwrap();
    let in_folder = |folder: &str| {
        let file = camino::Utf8PathBuf::from(folder).join("main.bicep");
        format_with(&text, &FormatOptions::find(&sources, &file))
    };
    assert_eq!(in_folder("a"), "var list = {\n    a: 1\n    bb: 22\n}");
    assert_eq!(
        in_folder("b"),
        "var list = {\r\n\ta: 1\r\n\tbb: 22\r\n}\r\n"
    );
}

#[test]
fn nesting_as_deep_as_the_parser_allows_is_formatted() {
    for (open, close) in [("[", "]"), ("{ a: ", " }"), ("(", ")"), ("f(", ")")] {
        let text = format!("var a = {}1{}\n", open.repeat(100), close.repeat(100));
        let once = format(&text);
        assert_eq!(format(&once), once, "{open}");
    }
}

#[test]
fn a_string_that_the_file_ends_in_is_left_alone() {
    for text in [
        "param a string = 'x${u",
        "var a = 'x${",
        "var a = [\n  'x${y}${z",
    ] {
        assert_eq!(taxiway_bicep::format(text), text);
    }
}

#[test]
fn what_only_breaks_with_its_call_settles_at_once() {
    let text = "var called = union([], ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'])";
    assert_snapshot!(narrow(text), @r"
    var called = union([], [
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    ])
    ");
}

#[test]
fn question_marks_stay_apart() {
    assert_snapshot!(format("type a = string ?  ?\ntype b = (a? ?)[]?"), @r"
    type a = string? ?
    type b = (a? ?)[]?
    ");
}

#[test]
fn a_comment_never_takes_the_bracket_behind_it() {
    let text = "var a = b[c // d\n]\nvar e = f.g[0 // h\n].i";
    assert_snapshot!(format(text), @r"
    var a = b[c // d
    ]
    var e = f.g[0 // h
    ].i
    ");
}
