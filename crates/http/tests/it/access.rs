//! Every operation of the document as nobody and as a stranger. What a session's scope names is what the
//! handler asks for.

use axum::http::Method;
use serde_json::Value;

use crate::app::on_both;

/// The stages that are tried here.
const STAGES: &[&str] = &["party", "offer", "channel", "feedback", "voucher", "consume", "ledger"];

/// An id of each kind that exists nowhere.
fn path_of(template: &str, merchant: &str) -> String {
    let prefixes = [
        ("merchant", merchant.to_owned()),
        ("store", unknown("sto")),
        ("person", unknown("per")),
        ("device", unknown("dev")),
        ("media", unknown("med")),
        ("certification", unknown("cer")),
        ("agreement", unknown("agr")),
        ("offer", unknown("off")),
        ("redemption", unknown("red")),
        ("review", unknown("rev")),
        ("voucher", unknown("vou")),
        ("payout", unknown("pyo")),
        ("token", "0".repeat(32)),
    ];
    prefixes.iter().fold(template.to_owned(), |path, (name, id)| {
        path.replace(&format!("{{{name}}}"), id)
    })
}

fn unknown(prefix: &str) -> String {
    format!("{prefix}_00000000000000000000000000")
}

/// Method, path and scope of the operations of a stage that need a session.
fn guarded(document: &Value, tags: &[&str]) -> Vec<(Method, String, String)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let tagged = tags.iter().any(|tag| operation["tags"][0] == *tag);
            let required = operation["security"].as_array().filter(|all| all.len() == 1);
            if let (true, Some(required)) = (tagged, required) {
                let method = method.to_uppercase().parse().unwrap();
                let scope = required[0]["session"][0].as_str().unwrap().to_owned();
                found.push((method, path.clone(), scope));
            }
        }
    }
    found
}

#[test]
fn nobody_and_strangers_are_turned_away_from_every_guarded_operation() {
    let document = serde_json::to_value(http::document()).unwrap();
    let operations = guarded(&document, STAGES);
    assert!(operations.len() >= 73, "{}", operations.len());
    on_both(async |app| {
        let shop = app.shop(1).await;
        let (nobody, stranger) = (Default::default(), app.consumer(1).await);
        for (method, path, scope) in &operations {
            let path = path_of(path, &shop.id);
            assert!(!path.contains('{'), "{path}");
            let refused = app.call(&nobody, method.clone(), &path, None, "{}").await;
            assert_eq!(refused.refusal().0, 401, "{method} {path}");
            let expected = match scope.as_str() {
                "operator" => 403,
                scope if scope.starts_with("staff:") => 404,
                _ => continue,
            };
            let refused = app.call(&stranger, method.clone(), &path, None, "{}").await;
            assert_eq!(refused.refusal().0, expected, "{method} {path}");
            if scope == "operator" {
                let refused = app.call(&shop.owner, method.clone(), &path, None, "{}").await;
                assert_eq!(refused.refusal().0, 403, "{method} {path}");
            }
        }
    });
}

#[test]
fn a_role_that_is_too_small_is_refused_by_the_scope_that_the_document_names() {
    let document = serde_json::to_value(http::document()).unwrap();
    on_both(async |app| {
        let shop = app.shop(1).await;
        let body = serde_json::json!({"login": "cashier@example.com", "password": "correct horse", "name": "小刘",
                                      "role": "cashier"});
        app.post(&shop.owner, &format!("{}/staff", shop.path), body)
            .await
            .ok();
        let cashier = app.sign_in("cashier@example.com").await;
        for (method, path, scope) in guarded(&document, STAGES) {
            let path = path_of(&path, &shop.id);
            let answer = app.call(&cashier, method.clone(), &path, None, "{}").await;
            match scope.as_str() {
                "staff:manager" | "staff:owner" => assert_eq!(answer.refusal().0, 403, "{method} {path}"),
                "staff:cashier" => assert!(
                    ![401, 403].contains(&answer.status.as_u16()) || path.ends_with("/revoke"),
                    "{method} {path}"
                ),
                _ => {}
            }
        }
    });
}
