//! Signing in: codes that cannot be guessed or sent without end, passwords that lock, tokens that are
//! new each time and stand nowhere.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http::shell;
use kernel::Actor;
use serde_json::json;
use store::sql;

use crate::app::{Answer, Client, TestApp, on_both, on_both_with_provider, text};
use crate::users::{Anonymous, ConsumerUser};
use crate::world::World;

const LI: &str = "+8613700000001";
const WANG: &str = "wang@example.com";

fn sent_to(app: &TestApp, contact: &str) -> usize {
    let messages = app.app.outbox.messages().unwrap();
    messages.iter().filter(|message| message.to == contact).count()
}

/// Six digits that are not these.
fn other_than(code: &str, n: u32) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1 + n) % 1_000_000)
}

#[test]
fn codes_are_sent_once_a_minute_and_a_repeated_request_sends_none() {
    on_both(async |app| {
        let nobody = Client::default();
        let body = json!({"contact": LI}).to_string();
        let request = |key| {
            app.call(
                &nobody,
                Method::POST,
                "/v1/sign-in/codes",
                Some(key),
                body.clone(),
            )
        };
        let first = request("one").await;
        assert_eq!(first.status, StatusCode::OK);
        for _ in 0..20 {
            assert_eq!(request("one").await.bytes, first.bytes);
        }
        assert_eq!(sent_to(app, LI), 1, "the same request sent more than one code");
        let second = request("two").await;
        assert_eq!(second.refusal(), (429, "code_too_often".to_owned()));
        assert_eq!(sent_to(app, LI), 1);
        // The limit is the address's, however it is written, and nobody else's.
        let spaced = Anonymous::request_code(app, "+86 137-0000-0001").await;
        assert_eq!(spaced.refusal(), (429, "code_too_often".to_owned()));
        assert_eq!(Anonymous::request_code(app, WANG).await.status, StatusCode::OK);
        let code = Anonymous::code_sent_to(app, LI);
        assert!(!String::from_utf8_lossy(&first.bytes).contains(&code));
        assert_eq!(Anonymous::enter_code(app, LI, &code).await.ok()["is_new"], true);
    });
}

#[test]
fn no_code_is_sent_once_as_many_went_to_everybody_as_may() {
    on_both(async |app| {
        let cap = app.app.code_cap;
        let ctx = party::testing::ctx_at(shell::now(), Actor::System);
        let counted = app.app.store.run("test", ctx.request, ctx, move |tx, ctx| {
            (0..cap.per_hour).try_for_each(|_| party::count_code(tx, ctx, cap))
        });
        counted.await.unwrap().unwrap();
        // Another try is not too soon for the address: nothing was sent to it.
        for _ in 0..2 {
            let refused = Anonymous::request_code(app, LI).await;
            assert_eq!(refused.refusal(), (429, "codes_exhausted".to_owned()));
        }
        assert_eq!(sent_to(app, LI), 0);
    });
}

#[test]
fn a_code_is_burnt_by_five_misses_and_a_repeated_miss_is_one() {
    on_both(async |app| {
        Anonymous::request_code(app, LI).await.ok();
        let code = Anonymous::code_sent_to(app, LI);
        let wrong = json!({"contact": LI, "code": other_than(&code, 0)}).to_string();
        let nobody = Client::default();
        let miss = || {
            app.call(
                &nobody,
                Method::POST,
                "/v1/sign-in/code",
                Some("miss"),
                wrong.clone(),
            )
        };
        let first = miss().await;
        assert_eq!(first.refusal(), (401, "code_wrong".to_owned()));
        assert!(first.headers.get("set-cookie").is_none());
        for _ in 0..10 {
            assert_eq!(miss().await.bytes, first.bytes);
        }
        for n in 1..5 {
            let missed = Anonymous::enter_code(app, LI, &other_than(&code, n)).await;
            assert_eq!(missed.refusal(), (401, "code_wrong".to_owned()));
        }
        let burnt = Anonymous::enter_code(app, LI, &code).await;
        assert_eq!(
            burnt.refusal(),
            (401, "code_wrong".to_owned()),
            "the sixth try was the right one, and too late"
        );
    });
}

#[test]
fn parallel_guesses_are_five_all_the_same() {
    on_both(async |app| {
        Anonymous::request_code(app, LI).await.ok();
        let code = Anonymous::code_sent_to(app, LI);
        let wrong: Vec<String> = (0..40).map(|n| other_than(&code, n)).collect();
        let guesses = wrong.iter().map(|guess| Anonymous::enter_code(app, LI, guess));
        let mut told: Vec<String> = Vec::new();
        for answer in all(guesses).await {
            assert_eq!(answer.refusal().0, 401);
            told.push(text(&answer.json(), "detail"));
        }
        let counted = told.iter().filter(|detail| !detail.contains(" 0 tries")).count();
        assert_eq!(counted, 4, "{told:?}");
        assert_eq!(Anonymous::enter_code(app, LI, &code).await.refusal().0, 401);
    });
}

/// Starts all of them before any is done.
async fn all(answers: impl Iterator<Item = impl Future<Output = Answer>>) -> Vec<Answer> {
    let mut pending: Vec<_> = answers.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        pending.retain_mut(|answer| match answer.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                done.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pending.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

#[test]
fn a_code_is_good_for_its_own_address_and_once() {
    on_both(async |app| {
        Anonymous::request_code(app, LI).await.ok();
        Anonymous::request_code(app, WANG).await.ok();
        let (li, wang) = (
            Anonymous::code_sent_to(app, LI),
            Anonymous::code_sent_to(app, WANG),
        );
        if li != wang {
            assert_eq!(Anonymous::enter_code(app, WANG, &li).await.refusal().0, 401);
        }
        let unknown = Anonymous::enter_code(app, "nobody@example.com", &li).await;
        assert_eq!(unknown.refusal(), (401, "code_wrong".to_owned()));
        Anonymous::enter_code(app, WANG, &wang).await.ok();
        assert_eq!(
            Anonymous::enter_code(app, WANG, &wang).await.refusal().0,
            401,
            "used twice"
        );
    });
}

/// What a browser keeps of an answer: the name and value of the cookie.
fn cookie(answer: &Answer) -> String {
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let mut parts = cookie.split("; ");
    let pair = parts.next().unwrap().to_owned();
    let attributes: Vec<&str> = parts.collect();
    for needed in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(attributes.contains(&needed), "{cookie}");
    }
    assert!(
        !attributes.iter().any(|attribute| attribute.starts_with("Domain")),
        "{cookie}"
    );
    assert!(pair.starts_with("__Host-qiao="), "{cookie}");
    pair
}

async fn me_by_cookie(app: &TestApp, cookie: &str) -> StatusCode {
    let request = Request::get("/v1/me").header("cookie", format!("theme=dark; {cookie}"));
    app.send(request.body(Body::empty()).unwrap()).await.status
}

#[test]
fn every_sign_in_opens_a_session_of_its_own_and_signing_out_ends_it() {
    on_both(async |app| {
        app.shop(1).await;
        let sign_in = || Anonymous::enter_password(app, "owner1@example.com", "correct horse");
        let (first, second) = (sign_in().await, sign_in().await);
        let (one, two) = (cookie(&first), cookie(&second));
        let (first, second) = (text(&first.ok(), "token"), text(&second.ok(), "token"));
        assert_ne!(first, second);
        assert!(first.len() >= 32, "{first}: at least 128 bits");
        assert_eq!((one.ends_with(&first), two.ends_with(&second)), (true, true));
        // A session that was there before signing in is not the one that signing in gives.
        let path = "/v1/sign-in/password";
        let body = json!({"login": "owner1@example.com", "password": "correct horse"}).to_string();
        let third = app
            .call(&Client::with(&first), Method::POST, path, None, body)
            .await;
        assert_ne!(text(&third.ok(), "token"), first);
        assert_eq!(me_by_cookie(app, &one).await, StatusCode::OK);
        let out = app.post(&Client::with(&first), "/v1/sign-out", json!({})).await;
        assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(me_by_cookie(app, &one).await, StatusCode::UNAUTHORIZED);
        assert_eq!(me_by_cookie(app, &two).await, StatusCode::OK);
        let all = app
            .call(
                &Client::with(&second),
                Method::DELETE,
                "/v1/me/sessions",
                None,
                "",
            )
            .await;
        // Registering opened one too.
        assert_eq!(all.ok()["ended"], 3);
        for wrong in [two.as_str(), "__Host-qiao=", "__Host-qiao=0", "qiao=1"] {
            assert_eq!(me_by_cookie(app, wrong).await, StatusCode::UNAUTHORIZED);
        }
    });
}

#[test]
fn a_device_is_known_again_whoever_signs_in_there_and_only_its_hash_is_kept() {
    on_both(async |app| {
        let sign_in = async |contact: &str, kept: Option<&str>| {
            app.post(
                &Client::default(),
                "/v1/sign-in/codes",
                json!({ "contact": contact }),
            )
            .await
            .ok();
            let code = Anonymous::code_sent_to(app, contact);
            let body = json!({ "contact": contact, "code": code }).to_string();
            let request = Request::post("/v1/sign-in/code")
                .header("content-type", "application/json")
                .header("idempotency-key", format!("in-{contact}"));
            let request = match kept {
                Some(kept) => request.header("cookie", kept),
                None => request,
            };
            let answer = app.send(request.body(Body::from(body)).unwrap()).await;
            assert_eq!(answer.status, StatusCode::OK);
            let cookies = answer.headers.get_all("set-cookie").iter();
            let cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
            let device = cookies
                .into_iter()
                .find(|cookie| cookie.starts_with("__Host-qiao-device="));
            let device = device.expect("a cookie for the device");
            for needed in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=34560000"] {
                assert!(
                    device.split("; ").any(|attribute| attribute == needed),
                    "{device}"
                );
            }
            let person = text(&answer.json(), "person").parse().unwrap();
            (person, device.split("; ").next().unwrap().to_owned())
        };
        let (one, device) = sign_in("+8613800138001", None).await;
        let (two, same) = sign_in("+8613800138002", Some(&device)).await;
        assert_eq!(same, device);
        let nonsense = "__Host-qiao-device=../../x";
        let (three, other) = sign_in("+8613800138003", Some(nonsense)).await;
        assert_ne!(other, device);
        for (a, b, expected) in [(one, two, true), (two, one, true), (one, three, false)] {
            let found = app
                .app
                .store
                .read(move |read| party::queries::share_a_device(read, a, b));
            assert_eq!(found.await.unwrap(), expected);
        }
        let (_, value) = device.split_once('=').unwrap();
        let texts = remembered(app).await;
        assert!(
            !texts.iter().any(|text| text.contains(value)),
            "{value} is remembered"
        );
    });
}

#[test]
fn an_unknown_login_a_wrong_password_and_a_locked_login_look_the_same() {
    on_both(async |app| {
        app.shop(1).await;
        let unknown = Anonymous::enter_password(app, "nobody@example.com", "wrong horse").await;
        assert_eq!(unknown.refusal(), (401, "sign_in_refused".to_owned()));
        let same = |other: &Answer| {
            assert_eq!((other.status, &other.bytes), (unknown.status, &unknown.bytes));
            assert_eq!(other.headers, unknown.headers);
        };
        for n in 0..10 {
            same(&Anonymous::enter_password(app, "owner1@example.com", &format!("wrong horse {n}")).await);
        }
        same(&Anonymous::enter_password(app, "owner1@example.com", "correct horse").await);
        // A code's request says no more of who exists.
        let (known, stranger) = ("owner1@example.com", "stranger@example.com");
        let status = |answer: Answer| (answer.status, answer.headers.len());
        assert_eq!(
            status(Anonymous::request_code(app, known).await),
            status(Anonymous::request_code(app, stranger).await)
        );
    });
}

/// Every text that is kept of answers and of what happened.
async fn remembered(app: &TestApp) -> Vec<String> {
    let texts = app.app.store.read(|read| {
        let [answers, events] = read.ask([
            sql!("SELECT response, rejection FROM idempotency"),
            sql!("SELECT body, reason FROM event"),
        ])?;
        let mut texts = Vec::new();
        for mut row in answers.into_iter().chain(events) {
            let two: [Option<String>; 2] = [row.take()?, row.take()?];
            texts.extend(two.into_iter().flatten());
        }
        Ok(texts)
    });
    texts.await.unwrap()
}

#[test]
fn no_secret_stands_among_the_answers_or_the_events() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let zhao = "+8613700000007";
        let li = ConsumerUser::sign_in(app, zhao).await;
        let opened = Anonymous::enter_password(app, "owner1@example.com", "correct horse").await;
        let (buyer, ids) = (&world.here.buyer, &world.here.ids);
        let mut secrets: Vec<String> = [
            &li.0,
            &buyer.0,
            &world.here.owner.0.owner,
            &world.here.cashier.client,
            &world.admin.0,
        ]
        .into_iter()
        .map(|client| client.token().to_owned())
        .collect();
        let code = buyer.code_of(app, &ids["voucher"]).await;
        secrets.extend([
            text(&opened.ok(), "token"),
            // Six digits stand in many a time and id; this is how they would as a value.
            json!(Anonymous::code_sent_to(app, zhao)).to_string(),
            "correct horse".to_owned(),
            "owner1@example.com".to_owned(),
            zhao.to_owned(),
            ids["token"].clone(),
            ids["calendar_key"].clone(),
            code.replace(' ', ""),
            code,
        ]);
        let texts = remembered(app).await;
        assert!(texts.len() > 100, "{}", texts.len());
        for secret in secrets {
            let found = texts.iter().find(|text| text.contains(&secret));
            assert_eq!(found, None, "{secret} is remembered");
        }
    });
}
