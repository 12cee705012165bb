//! Streams of news: each sees what concerns it, nobody else's, and all of them end when the program stops.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt;
use http::tell_news;
use serde_json::{Value, json};

use crate::app::{Client, TestApp, on_both};
use crate::sale::Sale;

/// A stream that somebody holds open.
struct Listener(BodyDataStream);

impl Listener {
    async fn open(app: &TestApp, client: &Client, path: &str) -> Self {
        let request = client.sign(Request::get(path)).body(Body::empty()).unwrap();
        let response = app.open(request).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream", "{path}");
        Self(response.into_body().into_data_stream())
    }

    /// Everything that is there already, by type.
    async fn heard(&mut self) -> Vec<Value> {
        let mut heard = Vec::new();
        while let Ok(Some(Ok(chunk))) = tokio::time::timeout(Duration::from_millis(100), self.0.next()).await
        {
            let text = String::from_utf8(chunk.to_vec()).unwrap();
            let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
            heard.extend(data.map(|data| serde_json::from_str::<Value>(data).unwrap()));
        }
        heard
    }
}

fn kinds(news: &[Value]) -> Vec<&str> {
    news.iter().map(|news| news["type"].as_str().unwrap()).collect()
}

#[test]
fn everybody_hears_what_concerns_them_and_nothing_else() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        let (buyer, stranger, rival) = (app.consumer(1).await, app.consumer(2).await, app.shop(2).await);
        let at_shop = format!("{}/live", sale.shop.path);
        let mut listeners = [
            Listener::open(app, &buyer, "/v1/me/live").await,
            Listener::open(app, &sale.shop.owner, &at_shop).await,
            Listener::open(app, &sale.admin, "/v1/platform/live").await,
        ];
        let mut deaf = [
            Listener::open(app, &stranger, "/v1/me/live").await,
            Listener::open(app, &rival.owner, &format!("{}/live", rival.path)).await,
        ];
        let voucher = sale.buy(app, &buyer, None).await;
        app.post(&buyer, &format!("{voucher}/refund"), json!({}))
            .await
            .ok();
        assert!(tell_news(&app.app).await.unwrap() > 0);
        for listener in &mut listeners {
            let news = listener.heard().await;
            let kinds = kinds(&news);
            assert!(
                kinds.contains(&"OrderPlaced") && kinds.contains(&"OrderPaid"),
                "{kinds:?}"
            );
            // Its event names the order alone; whose that is, is looked up.
            assert!(kinds.contains(&"RefundRequested"), "{kinds:?}");
            assert!(
                !news.iter().any(|news| news.to_string().contains("per_")),
                "{news:?}"
            );
        }
        for listener in &mut deaf {
            assert_eq!(listener.heard().await, Vec::<Value>::new());
        }
        app.app.live.close();
        for listener in listeners.iter_mut().chain(&mut deaf) {
            assert!(listener.0.next().await.is_none(), "it ends with the program");
        }
    });
}
