//! Who signs in at PostgreSQL, and how the server proves who it is. `scripts/with-postgres` sets the rules:
//! the users `scram` and `md5` need a password, and the certificate is for `localhost`.

use std::path::Path;

use store::testing::TestDatabase;
use store::{Query, ReadTx, Settings, Statement, StorageError, Store};

fn open(url: &str) -> Result<Store, StorageError> {
    Store::open(&Settings::new(url))
}

/// The database's URL with another user, another host and more after it.
fn url(database: &TestDatabase, user: &str, host: &str, parameters: &str) -> String {
    let url = database.url.replace("//qiao@", &format!("//{user}@"));
    format!("{}{parameters}", url.replace("127.0.0.1", host))
}

fn is_encrypted(store: &Store) -> bool {
    static ENCRYPTED: Statement = Statement {
        text: "SELECT CAST(ssl AS TEXT) FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        place: file!(),
    };
    let ask = |read: &mut ReadTx| {
        let row = read.one(Query::new(&ENCRYPTED, Vec::new()))?;
        Ok(row.expect("this connection").take::<String>()?)
    };
    store.read_blocking(ask).expect("the server answers") == "true"
}

#[test]
fn a_password_is_proved_in_both_ways_that_servers_ask_for() {
    let database = TestDatabase::postgres();
    database.administer(
        "CREATE ROLE scram SUPERUSER LOGIN PASSWORD 'sesame';
         SET password_encryption = 'md5'; CREATE ROLE md5 SUPERUSER LOGIN PASSWORD 'sesame'",
    );
    for user in ["scram", "md5"] {
        let signed_in = open(&url(&database, &format!("{user}:sesame"), "127.0.0.1", ""));
        assert!(signed_in.is_ok(), "{user}: {:?}", signed_in.err());
        let wrong = open(&url(&database, &format!("{user}:barley"), "127.0.0.1", ""));
        let said = wrong.err().expect("a wrong password is refused").to_string();
        assert!(said.contains("password authentication failed"), "{said}");
        let missing = open(&url(&database, user, "127.0.0.1", ""));
        let said = missing.err().expect("a password is needed").to_string();
        assert!(said.contains("the database URL has none"), "{said}");
    }
}

#[test]
fn an_encrypted_connection_goes_only_to_a_server_that_proves_who_it_is() {
    let database = TestDatabase::postgres();
    let certificate = std::env::var("QIAO_TEST_POSTGRES_CERTIFICATE").expect("scripts/with-postgres sets it");
    assert!(Path::new(&certificate).exists());
    let trusting = format!("?sslmode=verify-full&sslrootcert={certificate}");

    let proved = open(&url(&database, "qiao", "localhost", &trusting)).expect("the server is localhost");
    assert!(is_encrypted(&proved));
    assert!(!is_encrypted(
        &open(&database.url).expect("plain, as the URL says")
    ));

    let refused = |host, parameters: &str| {
        let refused = open(&url(&database, "qiao", host, parameters));
        refused
            .err()
            .expect("the server did not prove who it is")
            .to_string()
    };
    let elsewhere = refused("127.0.0.1", &trusting);
    assert!(elsewhere.contains("certificate"), "{elsewhere}");
    let unknown = refused("localhost", "?sslmode=verify-full");
    assert!(unknown.contains("certificate"), "{unknown}");
}
