//! One SQL text, two engines: every statement prepares on both, and both have the same tables.

use std::collections::BTreeSet;

use store::testing::TestDatabase;
use store::{Query, STATEMENTS, Statement, sql};

#[test]
fn every_statement_prepares_on_both_engines() {
    assert!(STATEMENTS.len() > 10, "statements are registered");
    for database in TestDatabase::both() {
        let store = database.open();
        let problems = store
            .read_blocking(|read| {
                let all = STATEMENTS.iter();
                Ok(all
                    .filter_map(|s| read.columns_of(s.text).err().map(|e| format!("{}: {e}", s.place)))
                    .collect::<Vec<_>>())
            })
            .expect("the reader answers");
        assert_eq!(problems, Vec::<String>::new(), "on {}", database.url);
        store.close();
    }
}

#[test]
fn every_statement_numbers_its_parameters_by_first_appearance() {
    let wrong: Vec<_> = STATEMENTS
        .iter()
        .filter(|s| !s.numbers_its_parameters_in_order())
        .map(|s| s.place)
        .collect();
    assert_eq!(wrong, Vec::<&str>::new());
}

#[test]
fn a_second_process_is_kept_out_of_an_sqlite_file() {
    let database = TestDatabase::sqlite();
    let first = database.open();
    let second = store::Store::open(&store::Settings::new(&database.url));
    let message = second.err().expect("the file is locked").to_string();
    assert!(message.contains("another process"), "{message}");
    first.close();
    database.open().close();
}

#[test]
fn opening_again_migrates_nothing_and_keeps_the_data() {
    for database in TestDatabase::both() {
        let store = database.open();
        let id = crate::bucket_id(5);
        let made = store.run_blocking("test", id, crate::ctx(1), move |tx, _| {
            crate::insert_bucket(tx, id, 7)
        });
        assert_eq!(made, Ok(Ok(())));
        store.close();
        let store = database.open();
        let capacity = store.read_blocking(move |read| {
            Ok(read
                .one(sql!("SELECT capacity FROM bucket WHERE id = $1", id))?
                .map(|mut row| row.take::<i64>()))
        });
        assert!(matches!(capacity, Ok(Some(Ok(7)))));
        store.close();
    }
}

/// Everything that the migrations made on an engine, a fact a line.
fn facts(database: &TestDatabase, questions: &'static [Statement]) -> BTreeSet<String> {
    let store = database.open();
    let answers = store.read_blocking(move |read| {
        let mut facts = BTreeSet::new();
        for question in questions {
            for mut row in read.many(Query::new(question, Vec::new()))? {
                facts.insert(row.take::<String>()?);
            }
        }
        Ok(facts)
    });
    store.close();
    answers.expect("a catalogue can be read")
}

const fn question(text: &'static str) -> Statement {
    Statement { text, place: "test" }
}

static OF_SQLITE: [Statement; 4] = [
    question(
        r#"SELECT 'column ' || t.name || '.' || c.name || ' ' || lower(c.type)
             || CASE WHEN c."notnull" = 1 THEN ' not null' ELSE '' END || coalesce(' default ' || c.dflt_value, '')
           FROM sqlite_schema t JOIN pragma_table_info(t.name) c
           WHERE t.type = 'table' AND t.name <> 'migration'"#,
    ),
    question(
        r#"SELECT CASE WHEN i.origin = 'pk' THEN 'key ' WHEN i."unique" = 1 THEN 'unique ' ELSE 'index ' END || t.name
             || CASE WHEN i.partial = 1 THEN ' partly' ELSE '' END
             || ' (' || (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')'
           FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name <> 'migration'"#,
    ),
    question(
        r#"SELECT 'reference ' || t.name || ' (' || f."from" || ') to ' || f."table" || ' (' || f."to" || ') ' || lower(f.on_delete)
           FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'"#,
    ),
    question(
        "SELECT 'text ' || name || ' ' || sql FROM sqlite_schema WHERE type = 'table' AND name <> 'migration'",
    ),
];

static OF_POSTGRES: [Statement; 4] = [
    question(
        "SELECT 'column ' || t.relname || '.' || c.attname || ' ' || format_type(c.atttypid, c.atttypmod)
           || CASE WHEN c.attnotnull THEN ' not null' ELSE '' END || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
         FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
         LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = c.attnum
         WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace AND c.attnum > 0 AND t.relname <> 'migration'",
    ),
    question(
        "SELECT CASE WHEN i.indisprimary THEN 'key ' WHEN i.indisunique THEN 'unique ' ELSE 'index ' END || t.relname
           || CASE WHEN i.indpred IS NOT NULL THEN ' partly' ELSE '' END
           || ' (' || (SELECT string_agg(c.attname, ', ' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, n)
              JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = k.attnum) || ')'
         FROM pg_class t JOIN pg_index i ON i.indrelid = t.oid
         WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> 'migration'",
    ),
    question(
        "SELECT 'reference ' || t.relname || ' (' || c.attname || ') to ' || o.relname || ' (' || oc.attname || ') '
           || CASE f.confdeltype WHEN 'a' THEN 'no action' ELSE 'other' END
         FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class o ON o.oid = f.confrelid
         JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = f.conkey[1]
         JOIN pg_attribute oc ON oc.attrelid = o.oid AND oc.attnum = f.confkey[1] WHERE f.contype = 'f'",
    ),
    question(
        "SELECT 'check ' || t.relname || ' ' || pg_get_expr(k.conbin, k.conrelid)
         FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid WHERE k.contype = 'c'",
    ),
];

/// Turns the text of each SQLite table, the only place that names its checks, into one fact a check.
fn with_checks(facts: BTreeSet<String>) -> BTreeSet<String> {
    let (texts, mut rest): (BTreeSet<_>, BTreeSet<_>) =
        facts.into_iter().partition(|fact| fact.starts_with("text "));
    for text in &texts {
        let table = text.split(' ').nth(1).expect("a name");
        for check in text.split("CHECK (").skip(1) {
            let mut depth = 1;
            let inside = check.chars().take_while(|c| {
                depth += i32::from(*c == '(') - i32::from(*c == ')');
                depth > 0
            });
            rest.insert(format!("check {table} {}", inside.collect::<String>()));
        }
    }
    rest
}

/// A check without the brackets and spaces that PostgreSQL puts in.
fn plainly(facts: BTreeSet<String>) -> BTreeSet<String> {
    let plain = |fact: String| match fact.strip_prefix("check ").and_then(|rest| rest.split_once(' ')) {
        Some((table, check)) => format!("check {table} {}", check.replace(['(', ')', ' ', '\n'], "")),
        None => fact,
    };
    facts.into_iter().map(plain).collect()
}

#[test]
fn both_engines_have_the_same_tables_keys_and_checks() {
    let [sqlite, postgres] = TestDatabase::both();
    let on_sqlite = plainly(with_checks(facts(&sqlite, &OF_SQLITE)));
    let on_postgres = plainly(facts(&postgres, &OF_POSTGRES));
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>| {
        here.difference(there).cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        (only(&on_sqlite, &on_postgres), only(&on_postgres, &on_sqlite)),
        (vec![], vec![])
    );
    for kind in [
        "column event.seq bigint not null",
        "key event (part, seq)",
        "unique journal_entry (reference, reason)",
        "index timer (due)",
        "reference claim (bucket_id) to bucket (id) no action",
        "check bucket held+taken<=capacity",
    ] {
        assert!(on_sqlite.contains(kind), "the comparison sees {kind}");
    }
}

#[test]
fn an_answered_commit_is_on_the_disk_and_keys_are_checked_also_after_a_reconnect() {
    static SETTINGS: Statement = question(
        "SELECT journal_mode || ' ' || synchronous || ' ' || foreign_keys || ' ' || fullfsync || ' ' || checkpoint_fullfsync
         FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_fullfsync, pragma_checkpoint_fullfsync",
    );
    let database = TestDatabase::sqlite();
    let store = database.open();
    for n in 0..2 {
        let settings = store.run_blocking("settings", crate::bucket_id(1), crate::ctx(n), |tx, _| {
            let row = tx.one(Query::new(&SETTINGS, Vec::new()))?;
            Ok(row.expect("settings").take::<String>()?)
        });
        assert_eq!(settings, Ok(Ok("wal 2 1 1 1".to_owned())));
        // A lost connection is opened anew by the command that finds it lost.
        store.faults().plan(store::FaultPoint::AfterCommit);
        assert!(
            store
                .run_blocking("lost", crate::bucket_id(1), crate::ctx(10 + n), |_, _| Ok(()))
                .is_ok()
        );
    }
    store.close();
}
