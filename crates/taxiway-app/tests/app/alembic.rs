//! Alembic's revisions: their graph, and whether the previous release keeps working beside them.

use taxiway_app::{Migration, Safety, rivals};
use taxiway_diagnostics::MemorySources;

const PROJECT: &str = "--- main.py
from fastapi import FastAPI
app = FastAPI()
--- requirements.txt
fastapi==0.120.0
alembic==1.17.0
--- alembic.ini
[alembic]
script_location = migrations
--- migrations/env.py
from alembic import context
--- migrations/versions/0001_notes.py
import sqlalchemy as sa
from alembic import op
revision = '0001'
down_revision = None
def upgrade():
    op.create_table('notes', sa.Column('id', sa.Integer(), primary_key=True))
    op.create_index(op.f('ix_notes_id'), 'notes', ['id'])
def downgrade():
    op.drop_table('notes')
";

fn read(more: &str) -> Vec<Migration> {
    let sources = MemorySources::from_text(&format!("{PROJECT}{more}"));
    let app = taxiway_app::read(&sources);
    taxiway_app::migrations(&sources, &app.services[0])
}

/// A second revision with this body of `upgrade()`.
fn second(upgrade: &str) -> Migration {
    let lines: String = upgrade
        .lines()
        .map(|line| format!("    {}\n", line))
        .collect();
    let text = format!(
        "--- migrations/versions/0002_change.py\nimport sqlalchemy as sa\nfrom alembic import op\nrevision: str = '0002'\ndown_revision: str | None = '0001'\ndef upgrade():\n{lines}def downgrade():\n    op.undo()\n"
    );
    read(&text).pop().expect("the project has two revisions")
}

/// What it does, and the verdict on it.
fn verdicts(upgrade: &str) -> String {
    let operations = second(upgrade).operations;
    let line = |operation: &taxiway_app::Operation| {
        let (verdict, reason) = match &operation.safety {
            Safety::Safe => ("safe", ""),
            Safety::Unsafe {
                breaks_previous: true,
                reason,
                ..
            } => ("breaks", reason.as_str()),
            Safety::Unsafe { reason, .. } => ("waits", reason.as_str()),
        };
        let reason: String = reason.chars().take(44).collect();
        let model = operation.model.as_deref().unwrap_or("-");
        let field = operation.field.as_deref().unwrap_or("-");
        format!("{} {model} {field}: {verdict} {reason}", operation.kind)
            .trim_end()
            .to_owned()
    };
    operations.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn revisions_have_their_names_and_come_after_others() {
    let migrations = read(
        "--- migrations/versions/0002_a.py\nrevision = '0002'\ndown_revision = '0001'\n\
         --- migrations/versions/0003_b.py\nrevision = '0003'\ndown_revision = '0001'\n\
         --- migrations/versions/readme.py\nnote = 'no revision'\n",
    );
    let shown: Vec<String> = migrations
        .iter()
        .map(|it| {
            let after: Vec<&str> = it
                .dependencies
                .iter()
                .map(|key| key.name.as_str())
                .collect();
            format!("{}.{} after {after:?} {}", it.app, it.name, it.initial)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "alembic.0001_notes after [] true",
            "alembic.0002_a after [\"0001_notes\"] false",
            "alembic.0003_b after [\"0001_notes\"] false",
        ]
    );
    let names = |migrations: &[Migration]| -> Vec<String> {
        let rivals = rivals(migrations);
        let heads = rivals.iter().flat_map(|rivals| &rivals.heads);
        heads.map(|it| it.name.clone()).collect()
    };
    assert_eq!(names(&migrations), ["0002_a", "0003_b"]);
    let merged = read(
        "--- migrations/versions/0002_a.py\nrevision = '0002'\ndown_revision = '0001'\n\
         --- migrations/versions/0003_b.py\nrevision = '0003'\ndown_revision = '0001'\n\
         --- migrations/versions/0004_merge.py\nrevision = '0004'\ndown_revision = ('0002', '0003')\n",
    );
    assert_eq!(names(&merged), [""; 0]);
    // Another database of the same project has revisions of its own.
    let apart = read(
        "--- tenants/env.py\n--- tenants/versions/0002_a.py\nrevision = 'a'\ndown_revision = None\n",
    );
    assert_eq!((apart.len(), names(&apart).len()), (2, 0));
}

#[test]
fn tables_of_the_revision_itself_are_nobody_else_s() {
    let first = &read("")[0];
    assert!(first.initial);
    assert!(first.operations.iter().all(|it| it.safety == Safety::Safe));
    assert_eq!(first.operations[1].field.as_deref(), Some("ix_notes_id"));
}

#[test]
fn columns_are_added_altered_and_dropped() {
    insta::assert_snapshot!(verdicts("\
op.add_column('notes', sa.Column('a', sa.Text(), nullable=True))
op.add_column('notes', sa.Column('b', sa.Boolean(), nullable=False, server_default=sa.false()))
op.add_column('notes', sa.Column('c', sa.Boolean(), nullable=False))
op.add_column('notes', sa.Column('d', sa.UUID(), server_default=sa.text('gen_random_uuid()')))
op.add_column('notes', sa.Column('e', sa.Integer(), sa.ForeignKey('users.id')))
op.drop_column('notes', 'a')
op.alter_column('notes', 'a', new_column_name='z')
op.alter_column('notes', 'a', existing_type=sa.Text(), nullable=False)
op.alter_column('notes', 'a', existing_type=sa.Text(), nullable=True)
op.alter_column('notes', 'a', existing_type=sa.String(length=50), type_=sa.String(length=80))
op.alter_column('notes', 'a', existing_type=sa.String(length=50), type_=sa.String(length=20))
op.alter_column('notes', 'a', existing_type=sa.VARCHAR(50), type_=sa.Text())
op.alter_column('notes', 'a', existing_type=sa.Text(), type_=sa.Integer())
op.alter_column('notes', 'a', type_=sa.Integer())
op.alter_column('notes', 'a', server_default=None)"), @r"
    add_column notes a: safe
    add_column notes b: safe
    add_column notes c: breaks the column is NOT NULL and has no default in
    add_column notes d: waits the whole table is rewritten under a lock
    add_column notes e: waits the foreign key locks both tables while it i
    drop_column notes a: breaks the column is dropped: the previous release
    alter_column notes a: breaks the column is renamed: the previous release
    alter_column notes a: breaks the column becomes NOT NULL: the whole table
    alter_column notes a: safe
    alter_column notes a: safe
    alter_column notes a: breaks the column becomes shorter: the table is sca
    alter_column notes a: safe
    alter_column notes a: breaks the type of the column changes: the table is
    alter_column notes a: waits what type the column had is not known
    alter_column notes a: breaks the default in the database goes: inserts of
    ");
}

#[test]
fn indexes_constraints_tables_and_statements() {
    insta::assert_snapshot!(verdicts("\
op.create_index('i', 'notes', ['a'])
op.create_index('i', 'notes', ['a'], postgresql_concurrently=True)
with op.get_context().autocommit_block():
    op.create_index('i', 'notes', ['a'], postgresql_concurrently=True)
op.drop_index('i', table_name='notes')
op.create_foreign_key('f', 'notes', 'users', ['u'], ['id'])
op.create_foreign_key('f', 'notes', 'users', ['u'], ['id'], postgresql_not_valid=True)
op.create_unique_constraint('u', 'notes', ['a'])
op.create_check_constraint('k', 'notes', 'a > 0')
op.drop_constraint('k', 'notes')
op.rename_table('notes', 'texts')
op.drop_table('notes')
op.execute('UPDATE notes SET a = 1')
op.execute(sa.text('ALTER TABLE notes RENAME a TO b'))
op.execute(statement)
op.execute('COMMIT')
op.execute('CREATE INDEX CONCURRENTLY i ON notes (a)')"), @r"
    create_index notes i: waits creating an index blocks writes to the table
    create_index notes i: waits an index cannot be created or dropped concur
    create_index notes i: safe
    drop_index notes i: safe
    create_foreign_key notes f: waits the foreign key is checked for every row whi
    create_foreign_key notes f: safe
    create_unique_constraint notes u: waits an index is created under a lock that blocks
    create_check_constraint notes k: breaks the whole table is scanned under a lock, and
    drop_constraint notes k: safe
    rename_table notes -: breaks the table is renamed: the previous release a
    drop_table notes -: breaks the table is dropped: the previous release s
    execute - -: waits what the SQL locks, and for how long, is not
    execute - -: breaks the SQL drops or renames what the previous r
    execute - -: waits what the SQL does is not known, because it i
    execute - -: safe
    ");
}

#[test]
fn blocks_functions_and_code_are_looked_into() {
    insta::assert_snapshot!(verdicts("\
with op.batch_alter_table('notes', schema=None) as batch:
    batch.add_column(sa.Column('c', sa.Boolean(), nullable=False))
    batch.drop_column('a')
    batch.create_index(batch.f('ix_notes_a'), ['a'])
bind = op.get_bind()
bind.execute(rows)
bind.execute(others)"), @r"
    add_column notes c: breaks the column is NOT NULL and has no default in
    drop_column notes a: breaks the column is dropped: the previous release
    create_index notes ix_notes_a: waits creating an index blocks writes to the table
    code - -: waits code of the revision's own runs; which rows
    ");
    let branch = second("if True:\n    op.drop_table('notes')");
    assert!(!branch.complete);
    assert_eq!(branch.operations.len(), 1);
}
