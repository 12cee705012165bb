//! The demo and its story as a newcomer runs them: two commands, on both engines, and everything that the
//! story promises comes true.

use serde_json::Value;
use store::testing::TestDatabase;

use crate::support::client::Client;
use crate::support::process::{Server, run};
use crate::support::runtime;

const LOOP: [&str; 10] = [
    "A merchant joins",
    "An agreement",
    "A consumer looks around",
    "A coupon, an order, a payment",
    "Two vouchers",
    "At the counter",
    "A review and a link",
    "A friend comes",
    "Another friend changes their mind",
    "The day is closed",
];
const DINNER: [&str; 7] = [
    "A restaurant and its table",
    "Where to eat",
    "A coupon and a table",
    "Seated without queueing",
    "A friend follows",
    "A cinema and its hall",
    "Two seats from the map",
];

fn play(demo: &Server, scene: &str, scenes: &[&str]) {
    let told = run(&["story", "--json", "--scene", scene, "--server", &demo.url]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["ok"], true, "{told}");
    let played = told["scenes"].as_array().unwrap().iter();
    let played: Vec<&str> = played.map(|scene| scene["scene"].as_str().unwrap()).collect();
    assert_eq!(played, scenes);
}

fn the_story_ends_well(database: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let demo = Server::demo(folder.path(), database);
    play(&demo, "loop", &LOOP);
    play(&demo, "dinner", &DINNER);
    let accounts = accounts_of(&demo);
    let printed = demo.stop();

    let again = Server::demo(folder.path(), database);
    assert_eq!(accounts_of(&again), accounts);
    for account in accounts.as_array().unwrap() {
        let login = account["login"].as_str().unwrap();
        assert!(
            printed.contains(login) && again.printed().contains(login),
            "{login} is not printed"
        );
    }
    again.stop();
}

/// Who one can sign in as.
fn accounts_of(demo: &Server) -> Value {
    let about = runtime()
        .block_on(Client::visitor(&demo.url).get("/demo"))
        .unwrap()
        .done();
    assert!(about["accounts"].as_array().unwrap().len() >= 6, "{about}");
    about["accounts"].clone()
}

#[test]
fn the_story_ends_well_on_sqlite_and_the_demo_is_found_again() {
    the_story_ends_well(&[]);
}

#[test]
fn the_story_ends_well_on_postgresql_and_the_demo_is_found_again() {
    let database = TestDatabase::postgres();
    the_story_ends_well(&["--database-url", &database.url]);
}
