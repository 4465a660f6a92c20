//! The snippets of the guide are compiled and run.

use std::fs;
use std::process::Command;

use crate::tool::{compiler, link_shared, nlohmann, root, run, scratch, succeed, text};

/// The blocks of this language in a guide, each with what it prints where the guide says so.
fn snippets(guide: &str, language: &str) -> Vec<(String, Option<String>)> {
    let guide = fs::read_to_string(root().join(guide)).expect("the guide");
    let mut snippets: Vec<(String, Option<String>)> = Vec::new();
    for rest in guide.split("\n```").skip(1).step_by(2) {
        let (kind, body) = rest.split_once('\n').expect("a block");
        match kind {
            _ if kind == language => snippets.push((body.to_owned(), None)),
            "text" => {
                if let Some(last) = snippets.last_mut() {
                    last.1 = Some(format!("{body}\n"));
                }
            }
            _ => {}
        }
    }
    snippets
}

/// A snippet as a program: one without `main` stands inside it, in a database with some documents.
fn program(snippet: &str) -> String {
    if snippet.contains("int main(") {
        return snippet.to_owned();
    }
    format!(
        "\
#include <nexuslite.h>
#include <stdio.h>
#include <string.h>

static void check(nx_status status, nx_error **error) {{
    if (status < 0) {{
        fprintf(stderr, \"%s\\n\", nx_error_message(*error));
        nx_error_free(*error);
        *error = NULL;
    }}
}}

static nx_status snippet(nx_db *db, nx_coll *orders) {{
    nx_error *error = NULL;
    (void)db, (void)orders;
{snippet}
    int failed = error != NULL;
    check(failed ? nx_error_kind(error) : NX_OK, &error);
    return failed ? -1 : NX_OK;
}}

int main(void) {{
    nx_error *error = NULL;
    nx_db *db = NULL;
    nx_coll *orders = NULL;
    check(nx_db_open(NULL, \"shop\", NX_ZTERM, NULL, 0, &db, &error), &error);
    check(nx_db_collection(db, \"orders\", NX_ZTERM, &orders, &error), &error);
    check(nx_insert_many(orders, NULL, \"[{{\\\"_id\\\": 1, \\\"customer\\\": \\\"Ada\\\", \\\"total\\\": 42}},\"
          \"{{\\\"_id\\\": 2, \\\"customer\\\": \\\"Grace\\\", \\\"total\\\": 7}}]\", NX_ZTERM, NULL, 0, NULL, &error), &error);
    nx_status status = snippet(db, orders);
    nx_coll_free(orders);
    nx_db_free(db);
    return status != NX_OK || nx_live_handles() != 0;
}}
"
    )
}

#[test]
fn every_snippet_of_the_guide_does_what_it_says() {
    check("docs/guide/c.md", "c", ("gcc", "c11"), 6);
    check("docs/guide/cpp.md", "cpp", ("g++", "c++17"), 3);
}

/// Compiles and runs each of the snippets, of which there must be so many.
fn check(guide: &str, language: &str, (name, standard): (&str, &str), snippets_min: usize) {
    let snippets = snippets(guide, language);
    assert!(snippets.len() >= snippets_min, "{guide} shows only {} snippets", snippets.len());
    for (snippet, wanted) in snippets {
        // What needs a library that is not here cannot be run.
        let more = if snippet.contains("nlohmann") { nlohmann() } else { Some(Vec::new()) };
        let Some(more) = more else { continue };
        let folder = scratch();
        let (source, built) =
            (folder.path().join("snippet").with_extension(language), folder.path().join("snippet"));
        fs::write(&source, program(&snippet)).expect("a file");
        let mut compiler = compiler(name, standard);
        compiler.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
        compiler.args(more).arg("-o").arg(&built).arg(&source);
        link_shared(&mut compiler);
        succeed(&mut compiler);
        let output = run(Command::new(&built).current_dir(folder.path()));
        assert!(output.status.success(), "{}:\n{snippet}", text(&output.stderr));
        assert_eq!(text(&output.stderr), "", "{snippet}");
        if let Some(wanted) = wanted {
            assert_eq!(text(&output.stdout), wanted, "{snippet}");
        }
    }
}
