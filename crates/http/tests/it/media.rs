//! Pictures: what is kept, and who sees it.

use axum::http::{Method, StatusCode};

use crate::app::{Client, on_both, png};

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
