//! Migrations, and whether the previous release keeps working beside them.

use taxiway_app::{Migration, Safety, newest, rivals};
use taxiway_diagnostics::MemorySources;

const PROJECT: &str = "--- manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')
from django.core.management import execute_from_command_line
--- shop/__init__.py
--- shop/settings.py
INSTALLED_APPS = ['orders.apps.OrdersConfig']
--- requirements.txt
Django==5.2
--- orders/__init__.py
--- orders/apps.py
class OrdersConfig:
    name = 'orders'
--- orders/migrations/__init__.py
--- other/migrations/0001_initial.py
class Migration:
    operations = [migrations.DeleteModel('Note')]
--- orders/migrations/0001_initial.py
from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    dependencies = [('auth', '0012_alter'), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(name='Order', fields=[
            ('id', models.AutoField(primary_key=True)),
            ('note', models.CharField(max_length=100, null=True)),
            ('price', models.DecimalField(max_digits=8, decimal_places=2)),
            ('tags', models.ManyToManyField(to='orders.tag')),
        ]),
        migrations.AddIndex('order', models.Index(fields=['note'], name='note_idx')),
    ]
";

fn read(operations: &str, class: &str) -> Vec<Migration> {
    let text = format!(
        "{PROJECT}--- orders/migrations/0002_change.py\nfrom django.db import migrations, models\nclass Migration(migrations.Migration):\n    {class}\n    dependencies = [('orders', '0001_initial')]\n    operations = [\n{operations}\n    ]\n"
    );
    let sources = MemorySources::from_text(&text);
    let app = taxiway_app::read(&sources);
    taxiway_app::migrations(&sources, &app.services[0])
}

/// The verdict on each operation of a second migration.
fn verdicts(operations: &str, class: &str) -> String {
    let migrations = read(operations, class);
    let last = migrations.last().expect("the project has two migrations");
    last.operations
        .iter()
        .map(|operation| {
            let verdict = match &operation.safety {
                Safety::Safe => "safe".to_owned(),
                Safety::Unsafe {
                    breaks_previous: true,
                    reason,
                    ..
                } => format!("breaks: {reason}"),
                Safety::Unsafe {
                    breaks_previous: false,
                    reason,
                    ..
                } => format!("waits: {reason}"),
            };
            let field = operation.field.as_deref().unwrap_or("-");
            let model = operation.model.as_deref().unwrap_or("-");
            let loss = if operation.reversible {
                ""
            } else {
                " (for good)"
            };
            format!("{} {model}.{field}{loss}: {verdict}", operation.kind)
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn migrations_of_installed_applications_are_read() {
    let migrations = read("", "atomic = False");
    let shown: Vec<String> = migrations
        .iter()
        .map(|migration| {
            format!(
                "{}.{} {} initial={} atomic={} after {:?}: {}",
                migration.app,
                migration.name,
                migration.path,
                migration.initial,
                migration.atomic,
                migration
                    .dependencies
                    .iter()
                    .map(|key| format!("{}.{}", key.app, key.name))
                    .collect::<Vec<_>>(),
                migration
                    .operations
                    .iter()
                    .map(|operation| format!("{} at {}", operation.kind, operation.place))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    orders.0001_initial orders/migrations/0001_initial.py initial=true atomic=true after ["auth.0012_alter"]: CreateModel at orders/migrations/0001_initial.py:6, AddIndex at orders/migrations/0001_initial.py:12
    orders.0002_change orders/migrations/0002_change.py initial=false atomic=false after ["orders.0001_initial"]:
    "#);
}

#[test]
fn what_is_created_is_safe() {
    insta::assert_snapshot!(verdicts(
        "migrations.CreateModel('Line', fields=[('id', models.BigAutoField())]),
        migrations.AddField('line', 'count', models.IntegerField()),
        migrations.AlterModelOptions('order', options={'ordering': ['id']}),
        migrations.RemoveIndex('order', 'note_idx'),
        migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop),", ""), @r#"
    CreateModel line.-: safe
    AddField line.count: safe
    AlterModelOptions order.-: safe
    RemoveIndex order.note_idx: safe
    RunPython -.-: safe
    "#);
}

#[test]
fn fields_that_are_added() {
    insta::assert_snapshot!(verdicts(
        "migrations.AddField('Order', 'a', models.TextField(null=True)),
        migrations.AddField('order', 'b', models.TextField(db_default='')),
        migrations.AddField('order', 'c', models.TextField(default='')),
        migrations.AddField('order', 'd', models.ForeignKey('shop.Shop', models.CASCADE, null=True)),
        migrations.AddField('order', 'e', models.SlugField(null=True)),
        migrations.AddField('order', 'f', models.ManyToManyField('shop.Shop')),
        migrations.AddField(model_name='order', name='g', field=models.UUIDField(primary_key=True)),", ""), @r#"
    AddField order.a: safe
    AddField order.b: safe
    AddField order.c: breaks: the column is NOT NULL and has no default in the database: inserts of the previous release fail
    AddField order.d: waits: the foreign key locks both tables while it is added, and Django makes an index under a lock
    AddField order.e: waits: the index of the new column is created under a lock that blocks writes
    AddField order.f: safe
    AddField order.g: waits: the whole table is rewritten under a lock
    "#);
}

#[test]
fn fields_that_change() {
    insta::assert_snapshot!(verdicts(
        "migrations.AlterField('order', 'note', models.CharField(max_length=200, null=True)),
        migrations.AlterField('order', 'note', models.CharField(max_length=50, null=True)),
        migrations.AlterField('order', 'note', models.TextField(null=True, help_text='x')),
        migrations.AlterField('order', 'note', models.TextField()),
        migrations.AlterField('order', 'price', models.DecimalField(max_digits=10, decimal_places=2)),
        migrations.AlterField('order', 'price', models.FloatField()),
        migrations.AlterField('order', 'price', models.FloatField(unique=True)),
        migrations.AlterField('order', 'id', models.BigAutoField(primary_key=True)),
        migrations.AlterField('order', 'unknown', models.TextField()),", ""), @r#"
    AlterField order.note: safe
    AlterField order.note: breaks: the column becomes shorter: the table is scanned under a lock, and longer values of the previous release are refused
    AlterField order.note: safe
    AlterField order.note: breaks: the column becomes NOT NULL: the whole table is scanned under a lock, and the previous release may insert NULL
    AlterField order.price: safe
    AlterField order.price: breaks: the type of the column changes: the table is rewritten under a lock, and the previous release expects the old type
    AlterField order.price: waits: an index is created under a lock that blocks writes
    AlterField order.id: waits: the type of the column becomes wider: the table is rewritten under a lock
    AlterField order.unknown: waits: what the field was before is not known
    "#);
}

#[test]
fn what_goes_or_gets_another_name() {
    insta::assert_snapshot!(verdicts(
        "migrations.RenameField('order', 'note', 'remark'),
        migrations.RemoveField('order', 'remark'),
        migrations.RemoveField('order', 'tags'),
        migrations.RenameModel('Order', 'Purchase'),
        migrations.AlterModelTable('purchase', 'purchases'),
        migrations.DeleteModel('Purchase'),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField('order', 'price')]),", ""), @r#"
    RenameField order.note: breaks: the column is renamed: the previous release asks for the old name
    RemoveField order.remark (for good): breaks: the column is dropped: the previous release still reads and writes it
    RemoveField order.tags (for good): breaks: the table of the relation is dropped: the previous release still uses it
    RenameModel order.-: breaks: the table is renamed: the previous release asks for the old name
    AlterModelTable purchase.-: breaks: the table is renamed: the previous release asks for the old name
    DeleteModel purchase.- (for good): breaks: the table is dropped: the previous release still uses it
    "#);
}

#[test]
fn indexes_and_constraints() {
    insta::assert_snapshot!(verdicts(
        "AddIndexConcurrently('order', models.Index(fields=['price'], name='price_idx')),
        migrations.AddIndex('order', models.Index(fields=['price'], name='price_idx')),
        migrations.AddConstraint('order', models.CheckConstraint(condition=x, name='positive')),
        migrations.AddConstraint('order', models.UniqueConstraint(fields=['note'], name='one')),
        AddConstraintNotValid('order', models.CheckConstraint(condition=x, name='positive')),
        migrations.AlterUniqueTogether('order', {('a', 'b')}),
        migrations.AlterUniqueTogether('order', set()),", ""), @r#"
    AddIndexConcurrently order.price_idx: waits: an index cannot be created or dropped concurrently inside of a transaction: the migration fails
    AddIndex order.price_idx: waits: creating an index blocks writes to the table for as long as it takes
    AddConstraint order.positive: breaks: the whole table is scanned under a lock, and rows that the previous release writes may be refused
    AddConstraint order.one: waits: an index is created under a lock that blocks writes
    AddConstraintNotValid order.positive: safe
    AlterUniqueTogether order.-: waits: an index is created under a lock that blocks writes
    AlterUniqueTogether order.-: safe
    "#);
}

#[test]
fn code_and_sql() {
    insta::assert_snapshot!(verdicts(
        "migrations.RunPython(forwards),
        migrations.RunPython(forwards, backwards),
        migrations.RunSQL('ALTER TABLE orders_order DROP COLUMN note'),
        migrations.RunSQL('UPDATE orders_order SET price = 0', reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL('CREATE INDEX CONCURRENTLY x ON y (z)'),
        TrigramExtension(),
        TheirOwn(),", ""), @r#"
    RunPython -.- (for good): waits: a function moves data; which rows it locks, and for how long, is not known
    RunPython -.-: waits: a function moves data; which rows it locks, and for how long, is not known
    RunSQL -.- (for good): breaks: the SQL drops or renames what the previous release uses
    RunSQL -.-: waits: what the SQL locks, and for how long, is not known
    RunSQL -.- (for good): waits: CONCURRENTLY does not work inside of a transaction: the migration fails
    TrigramExtension -.-: safe
    TheirOwn -.- (for good): waits: what this operation does is not known
    "#);
}

#[test]
fn concurrent_work_outside_of_a_transaction_is_safe() {
    insta::assert_snapshot!(verdicts(
        "AddIndexConcurrently('order', models.Index(fields=['price'], name='price_idx')),
        migrations.RunSQL('CREATE INDEX CONCURRENTLY x ON y (z)'),", "atomic = False"), @r#"
    AddIndexConcurrently order.price_idx: safe
    RunSQL -.- (for good): safe
    "#);
}

#[test]
fn computed_operations_are_named_as_such() {
    let migrations = read("*more,", "");
    assert!(!migrations.last().unwrap().complete);
}

#[test]
fn a_squashed_migration_is_safe_where_the_others_ran() {
    let shown = verdicts(
        "migrations.RemoveField('order', 'note'),",
        "replaces = [('orders', '0002_a'), ('orders', '0003_b')]",
    );
    assert_eq!(shown, "RemoveField order.note: safe");
}

/// The names of the migrations between which Django cannot choose, and of those that none comes after.
fn ends(files: &str) -> (Vec<String>, Vec<String>) {
    let sources = MemorySources::from_text(&format!("{PROJECT}{files}"));
    let app = taxiway_app::read(&sources);
    let migrations = taxiway_app::migrations(&sources, &app.services[0]);
    let rivals = rivals(&migrations);
    let heads = rivals.iter().flat_map(|rivals| &rivals.heads);
    let rivals = heads.map(|it| it.name.clone()).collect();
    let newest = newest(&migrations);
    (rivals, newest.iter().map(|it| it.name.clone()).collect())
}

fn file(name: &str, class: &str) -> String {
    format!(
        "--- orders/migrations/{name}.py\nclass Migration(migrations.Migration):\n    {class}\n    operations = []\n"
    )
}

#[test]
fn migrations_that_nothing_comes_after_are_rivals() {
    let after =
        |name: &str, other: &str| file(name, &format!("dependencies = [('orders', '{other}')]"));
    let one = after("0002_a", "0001_initial");
    let two = one.clone() + &after("0003_b", "0001_initial");
    assert_eq!(ends(&one).1, ["0002_a"]);
    assert_eq!(ends(&two).0, ["0002_a", "0003_b"]);
    let merge = file(
        "0004_merge",
        "dependencies = [('orders', '0002_a'), ('orders', '0003_b')]",
    );
    assert!(ends(&(two + &merge)).0.is_empty());
    // A squashed migration stands for those it replaces, also where others come after one of them.
    let squashed = file(
        "0001_squashed",
        "replaces = [('orders', '0001_initial'), ('orders', '0002_a')]",
    );
    assert_eq!(ends(&(one.clone() + &squashed)).1, ["0001_squashed"]);
    let later = one.clone() + &squashed + &after("0003_b", "0002_a");
    assert_eq!(ends(&later), (vec![], vec!["0003_b".to_owned()]));
    // What replaces a migration of another application replaces none of this one.
    let foreign = file(
        "0003_b",
        "replaces = [('other', '0002_a')]\n    dependencies = [('orders', '0002_a')]",
    );
    assert!(ends(&(one + &foreign)).0.is_empty());
}

#[test]
fn a_label_ends_at_its_quote() {
    let labelled = "--- orders/apps.py\nclass OrdersConfig:\n    name = 'orders'\n    label = 'sales'  # 'orders' is taken\n";
    let sources = MemorySources::from_text(&PROJECT.replace(
        "--- orders/apps.py\nclass OrdersConfig:\n    name = 'orders'\n",
        labelled,
    ));
    let app = taxiway_app::read(&sources);
    assert_eq!(
        taxiway_app::migrations(&sources, &app.services[0])[0].app,
        "sales"
    );
}
