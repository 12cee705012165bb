//! Simulated people trade and cheat against a running demo, on both engines: every answer is as it has to be, and
//! nothing but a server on this machine is loaded.

use store::testing::TestDatabase;

use crate::support::count_from;
use crate::support::process::{Server, qiao, run};

/// What has to happen even in a few seconds.
const OPERATIONS: [&str; 12] = [
    "searchOffers",
    "getOfferPage",
    "quoteOrder",
    "claimCoupon",
    "placeOrder",
    "startPayment",
    "pay at the provider",
    "listMyVouchers",
    "redeemScan",
    "refundVoucher",
    "postReview",
    "getOrder",
];

fn every_answer_is_right(database: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let demo = Server::demo(folder.path(), database);
    let seconds = count_from("QIAO_LOAD_SECONDS", 4).to_string();
    let printed = run(&["city", "load", &demo.url, "--people", "60", "--seconds", &seconds]);
    for operation in OPERATIONS {
        assert!(
            printed.lines().any(|line| line.starts_with(operation)),
            "no {operation} in:\n{printed}"
        );
    }
    assert!(printed.contains("\nwrong answers: 0\n"), "{printed}");
    demo.stop();
}

#[test]
fn every_answer_is_right_on_sqlite() {
    every_answer_is_right(&[]);
}

#[test]
fn every_answer_is_right_on_postgresql() {
    let database = TestDatabase::postgres();
    every_answer_is_right(&["--database-url", &database.url]);
}

#[test]
fn a_server_elsewhere_is_left_alone() {
    let refused = qiao(&["city", "load", "http://192.0.2.1:8080"]).output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && told.contains("only a server on this machine"),
        "{told}"
    );
}
