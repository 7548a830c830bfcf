//! The formatter.

use insta::assert_snapshot;
use taxiway_bicep::{compile, format};
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

      c :1,d : [ 1,2 , ],

    /* e */ e: a=='x'?!true:-1 ,


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
    var b = { // open

      c: 1, d: [1, 2]

      /* e */ e: a == 'x' ? !true : -1
    }
    #disable-next-line no-unused-vars
    var f = [for (x, i) in range(0, 3): {
      name: '${x}${i}'
    }]
    var g = a
      ? 'yes'
      : 'no'
    type t = string[]?
    type u = | 'a'
      | 'b'
    output o string = b.c[0]!.?x
    "#);
}

#[test]
fn a_file_that_does_not_parse_is_left_alone() {
    let text = "param a   string =\nvar";
    assert_eq!(format(text), text);
}
