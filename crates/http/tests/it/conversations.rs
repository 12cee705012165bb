//! A guest asks a merchant, its staff answers, and nobody else hears of it.

use axum::http::{Method, StatusCode};
use party::OperatorRole;
use serde_json::{Value, json};

use crate::app::{Client, TestApp, on_both, png, text};
use crate::sale::Sale;
use crate::users::OwnerUser;

struct Chat {
    sale: Sale,
    li: Client,
    /// Li's side.
    path: String,
}

impl Chat {
    async fn begin(app: &TestApp) -> Self {
        let (sale, li) = (Sale::of(app, 1).await, app.consumer(1).await);
        let path = format!("{}/conversation", sale.shop.path);
        Self { sale, li, path }
    }

    async fn ask(&self, app: &TestApp, said: Value) -> String {
        text(&app.post(&self.li, &self.path, said).await.ok(), "conversation")
    }

    fn inside(&self, conversation: &str) -> String {
        format!("{}/conversations/{conversation}", self.sale.shop.path)
    }

    async fn unread(&self, app: &TestApp) -> Value {
        app.get(&self.li, "/v1/me").await.ok()["unread_conversations"].clone()
    }
}

async fn upload(app: &TestApp, who: &Client, path: &str) -> String {
    app.call(who, Method::POST, path, None, png(4, 2)).await.id()
}

#[test]
fn a_guest_asks_the_staff_answers_and_each_sees_what_is_theirs_to_see() {
    on_both(async |app| {
        let chat = Chat::begin(app).await;
        let (shop, li) = (&chat.sale.shop, &chat.li);
        let named = json!({"name": "李伟"}).to_string();
        app.call(li, Method::PATCH, "/v1/me", None, named).await.ok();
        let before = app.get(li, &chat.path).await.ok();
        assert_eq!(before["messages"]["items"], json!([]));
        assert!(before["conversation"].is_null() && before["merchant_name"].is_object());

        let about = json!({"type": "offer", "offer": chat.sale.offer});
        let id = chat
            .ask(app, json!({"text": "有宝宝椅吗？", "about": about}))
            .await;
        let employed = OwnerUser(shop.clone());
        let (cashier, _) = employed
            .employ(app, "till@example.com", "cashier", Some(&shop.store))
            .await;
        let list = format!("{}/conversations", shop.path);
        let inbox = app.get(&cashier, &list).await.ok();
        let first = &inbox["items"][0];
        assert_eq!(
            (text(first, "guest_name"), &first["is_waiting"]),
            ("李**".to_owned(), &json!(true))
        );
        assert_eq!(first["about"]["offer"], json!(chat.sale.offer));
        assert!(
            first["about"]["title"].is_object() && first["unread"] == 1,
            "{first}"
        );
        let waiting = async || app.get(&cashier, &format!("{list}/waiting")).await.ok()["waiting"].clone();
        assert_eq!(waiting().await, 1);

        let inside = chat.inside(&id);
        let answered = app
            .post(&cashier, &format!("{inside}/answers"), json!({"text": "有的"}))
            .await;
        assert_eq!(
            (answered.status, answered.json()["seq"].clone()),
            (StatusCode::CREATED, json!(2))
        );
        app.post(&cashier, &format!("{inside}/read"), json!({"until": 1}))
            .await
            .ok();
        assert_eq!(waiting().await, 0);
        let seen = app.get(&cashier, &inside).await.ok();
        assert_eq!(seen["messages"]["items"][0]["staff_name"], "王芳");
        assert_eq!(
            (&seen["unread"], &seen["last"]["text"]),
            (&json!(0), &json!("有的"))
        );

        let mine = app.get(li, &chat.path).await.ok();
        let lines = mine["messages"]["items"].as_array().unwrap();
        let by_merchant: Vec<_> = lines.iter().map(|line| line["by_merchant"].clone()).collect();
        assert_eq!(by_merchant, [json!(true), json!(false)]);
        assert!(
            lines[0].get("staff_name").is_none(),
            "the guest hears the merchant"
        );
        let all = app.get(li, "/v1/conversations").await.ok();
        assert_eq!(
            (&all["items"][0]["unread"], chat.unread(app).await),
            (&json!(1), json!(1))
        );
        app.post(li, &format!("/v1/conversations/{id}/read"), json!({"until": 2}))
            .await
            .ok();
        assert_eq!(chat.unread(app).await, 0);
        let copy = app.get(li, "/v1/me/export").await.ok();
        assert_eq!(copy["conversations"][0]["messages"].as_array().unwrap().len(), 2);

        let muting = format!("{inside}/mute");
        app.put(&shop.owner, &muting, json!({"muted": true})).await.ok();
        assert_eq!(app.get(li, &chat.path).await.ok()["is_muted"], true);
        let refused = app.post(li, &chat.path, json!({"text": "喂"})).await;
        assert_eq!(refused.refusal(), (403, "chat_muted".to_owned()));
    });
}

#[test]
fn the_pictures_of_a_conversation_are_for_its_two_sides() {
    on_both(async |app| {
        let chat = Chat::begin(app).await;
        let (shop, li) = (&chat.sale.shop, &chat.li);
        let mine = upload(app, li, "/v1/me/media").await;
        let id = chat.ask(app, json!({"media": [mine]})).await;
        let theirs = upload(app, &shop.owner, &format!("{}/media", shop.path)).await;
        let answers = format!("{}/answers", chat.inside(&id));
        app.post(&shop.owner, &answers, json!({"media": [theirs]}))
            .await
            .ok();
        let (wang, rival) = (app.consumer(2).await, app.shop(2).await);
        let support = app.operator(OperatorRole::Support).await;
        for picture in [&mine, &theirs] {
            let path = format!("/v1/media/{picture}");
            for side in [li, &shop.owner] {
                let shown = app.get(side, &path).await;
                assert_eq!(shown.status, StatusCode::OK);
                assert_eq!(shown.headers["cache-control"], "private, no-store");
            }
            for stranger in [&Client::default(), &wang, &rival.owner] {
                assert_eq!(app.get(stranger, &path).await.status, StatusCode::NOT_FOUND);
            }
        }
        let by_support =
            async |picture: &str| app.get(&support, &format!("/v1/media/{picture}")).await.status;
        assert_eq!(by_support(&mine).await, StatusCode::NOT_FOUND);
        assert_eq!(by_support(&theirs).await, StatusCode::OK, "it may be a licence");
    });
}

#[test]
fn pages_go_on_where_they_ended_and_a_place_that_is_none_is_refused() {
    on_both(async |app| {
        let chat = Chat::begin(app).await;
        let mut id = String::new();
        for round in 0..3 {
            for n in 0..20 {
                id = chat.ask(app, json!({"text": format!("{round} {n}")})).await;
            }
            let answers = format!("{}/answers", chat.inside(&id));
            app.post(&chat.sale.shop.owner, &answers, json!({"text": "好"}))
                .await
                .ok();
        }
        let first = app.get(&chat.li, &chat.path).await.ok();
        let next = text(&first["messages"], "next");
        let rest = app
            .get(&chat.li, &format!("{}?after={next}", chat.path))
            .await
            .ok();
        let seqs = |page: &Value| {
            let items = page["messages"]["items"].as_array().unwrap().clone();
            items.into_iter().map(|line| line["seq"].as_i64().unwrap())
        };
        let seen: Vec<i64> = seqs(&first).chain(seqs(&rest)).collect();
        assert_eq!(seen, (1..=63).rev().collect::<Vec<_>>());
        for wrong in [
            "1.2",
            "1.x.cnv_01h455vb4pex5vsknk084sn02q",
            "1.1.off_01h455vb4pex5vsknk084sn02q",
        ] {
            let refused = app
                .get(&chat.li, &format!("/v1/conversations?after={wrong}"))
                .await;
            assert_eq!(refused.refusal(), (400, "query_malformed".to_owned()), "{wrong}");
        }
    });
}
