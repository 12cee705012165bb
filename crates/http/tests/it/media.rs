//! Pictures: what is kept, and who sees it.

use axum::http::{Method, StatusCode};

use serde_json::json;

use crate::app::{Client, TestApp, on_both, png, text};
use crate::sale::{Device, Sale};

#[test]
fn only_pictures_are_kept_whatever_the_uploader_says() {
    on_both(async |app| {
        let shop = app.shop(1).await;
        let path = format!("{}/media", shop.path);
        for hostile in [
            &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..],
            b"<!doctype html><script>alert(1)</script>",
            b"GIF89a",
            b"",
        ] {
            let refused = app.call(&shop.owner, Method::POST, &path, None, hostile).await;
            assert_eq!(refused.refusal(), (422, "media_invalid".to_owned()));
        }
        let mut large = png(3_200, 8);
        large.resize(10 * 1024 * 1024, 0);
        let kept = app
            .call(&shop.owner, Method::POST, &path, None, large.clone())
            .await;
        let kept = format!("/v1/media/{}", kept.id());
        for (query, width) in [("", 1_600), ("?width=480", 480)] {
            let seen = app.get(&shop.owner, &format!("{kept}{query}")).await;
            assert_eq!(seen.status, StatusCode::OK);
            assert_eq!(image::load_from_memory(&seen.bytes).unwrap().width(), width);
            assert!(
                seen.bytes.len() < 100_000,
                "nothing of what stood behind the picture"
            );
        }
        let odd = app.get(&shop.owner, &format!("{kept}?width=481")).await;
        assert_eq!(odd.refusal(), (400, "query_malformed".to_owned()));
        large.push(0);
        let refused = app.call(&shop.owner, Method::POST, &path, None, large).await;
        assert_eq!(refused.refusal(), (413, "body_too_large".to_owned()));
    });
}

#[test]
fn a_picture_that_no_offer_shows_is_its_merchants_alone() {
    on_both(async |app| {
        let (shop, other) = (app.shop(1).await, app.shop(2).await);
        let path = format!("/v1/media/{}", app.picture(&shop).await);
        let seen = app.get(&shop.owner, &path).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert_eq!(image::load_from_memory(&seen.bytes).unwrap().width(), 2);
        assert_eq!(seen.headers["content-type"], "image/jpeg");
        assert_eq!(seen.headers["x-content-type-options"], "nosniff");
        assert_eq!(seen.headers["cache-control"], "private, no-store");
        let disposition = seen.headers["content-disposition"].to_str().unwrap();
        assert!(
            disposition.starts_with("attachment; filename=\"med_"),
            "{disposition}"
        );
        for stranger in [Client::default(), other.owner, app.consumer(1).await] {
            assert_eq!(
                app.get(&stranger, &path).await.refusal(),
                (404, "not_found".to_owned())
            );
        }
    });
}

/// A visit of this guest's.
async fn visit(app: &TestApp, sale: &Sale, guest: &Client, n: u8) -> String {
    let voucher = sale.buy(app, guest, None).await;
    let device = Device::bound(app, guest, &voucher, n).await;
    text(&sale.scan(app, &device.shown(0)).await.ok(), "redemption")
}

#[test]
fn a_guests_picture_is_for_all_as_long_as_its_review_is() {
    on_both(async |app| {
        let (sale, li, wang) = (
            Sale::of(app, 1).await,
            app.consumer(1).await,
            app.consumer(2).await,
        );
        app.call(
            &li,
            Method::PATCH,
            "/v1/me",
            None,
            json!({"name": "李伟"}).to_string(),
        )
        .await
        .ok();
        let upload = app.call(&li, Method::POST, "/v1/me/media", None, png(4, 2)).await;
        let picture = upload.id();
        let (path, nobody) = (format!("/v1/media/{picture}"), Client::default());
        assert_eq!(app.get(&li, &path).await.status, StatusCode::OK);
        for stranger in [&nobody, &wang, &sale.shop.owner] {
            assert_eq!(app.get(stranger, &path).await.status, StatusCode::NOT_FOUND);
        }
        let hers = visit(app, &sale, &wang, 2).await;
        let body = json!({"stars": 5, "media": [picture]});
        let taken = app
            .post(&wang, &format!("/v1/redemptions/{hers}/review"), body.clone())
            .await;
        assert_eq!(taken.refusal(), (422, "review_invalid".to_owned()));
        assert_eq!(taken.json()["field"], "/media");
        let his = visit(app, &sale, &li, 1).await;
        let his = format!("/v1/redemptions/{his}/review");
        let many = json!({"stars": 5, "media": vec![&picture; 7]});
        assert_eq!(app.post(&li, &his, many).await.json()["field"], "/media");
        let review = app.post(&li, &his, body).await.id();
        let reviews = format!("/v1/offers/{}/reviews", sale.offer);
        let shown = app.get(&nobody, &reviews).await.ok();
        assert_eq!(shown["items"][0]["media"], json!([picture]));
        assert_eq!(shown["items"][0]["author_name"], "李**");
        assert_eq!(app.get(&nobody, &path).await.status, StatusCode::OK);
        let hide = format!("/v1/platform/reviews/{review}/hide");
        app.post(&sale.admin, &hide, json!({"reason": "not a meal"}))
            .await
            .ok();
        assert_eq!(app.get(&nobody, &path).await.status, StatusCode::NOT_FOUND);
    });
}
