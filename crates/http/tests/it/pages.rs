//! The pages that people and machines get without signing in: what is in them before any script runs.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp, on_both, text};
use crate::sale::Sale;

/// As a browser asks for a page.
async fn page(app: &TestApp, path: &str, language: &str) -> (Answer, String) {
    let request = Request::get(path)
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .header(header::ACCEPT_LANGUAGE, language);
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    let html = String::from_utf8(answer.bytes.to_vec()).unwrap();
    (answer, html)
}

/// The structured data of a page.
fn data(html: &str) -> Value {
    let (_, rest) = html
        .split_once("<script type=\"application/ld+json\">")
        .expect("data");
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn an_offers_page_says_what_it_is_before_any_script_runs() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        let offer = app
            .get(&Client::default(), &format!("/v1/offers/{}", sale.offer))
            .await
            .ok();
        let title = text(&offer["title"], "zh-CN");
        for path in [
            format!("/o/{}", sale.offer),
            format!("/o/{}?share=friend", sale.offer),
        ] {
            let (answer, html) = page(app, &path, "en-GB,en;q=0.9").await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(html.contains(&format!("<title>{title} · Qiao</title>")), "{html}");
            assert!(html.contains(&format!("<meta property=\"og:title\" content=\"{title}\">")));
            assert!(html.contains(&format!("<h1>{title}</h1>")));
            let data = data(&html);
            assert_eq!(data["offers"]["priceCurrency"], "CNY");
            assert_eq!(data["offers"]["availability"], "https://schema.org/InStock");
            // A friend who shares on shares the offer, not the first sharer's link.
            let url = format!("https://qiao.example/o/{}", sale.offer);
            assert_eq!(data["offers"]["url"], url);
            assert!(
                html.contains(&format!("<link rel=\"canonical\" href=\"{url}\">")),
                "{html}"
            );
            assert!(html.contains(&format!("<meta property=\"og:url\" content=\"{url}\">")));
            let picture = text(&offer, "media");
            let picture = format!("https://qiao.example/v1/media/{picture}");
            assert!(html.contains(&format!("<meta property=\"og:image\" content=\"{picture}\">")));
            let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'self'") && !policy.contains("script-src"));
        }
        let (_, merchant) = page(app, &format!("/m/{}", sale.shop.id), "en").await;
        assert_eq!(data(&merchant)["@type"], "Organization");
        assert_eq!(data(&merchant)["subOrganization"][0]["@type"], "LocalBusiness");
    });
}

#[test]
fn search_engines_get_a_map_of_what_is_sold() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        let read = async |path: &str| {
            let answer = app.get(&Client::default(), path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            String::from_utf8(answer.bytes.to_vec()).unwrap()
        };
        assert!(
            read("/robots.txt")
                .await
                .contains("Sitemap: https://qiao.example/sitemap.xml\n")
        );
        let index = read("/sitemap.xml").await;
        for (file, page) in [
            ("/sitemap-offers.xml", format!("/o/{}", sale.offer)),
            ("/sitemap-merchants.xml", format!("/m/{}", sale.shop.id)),
        ] {
            assert!(index.contains(&format!(
                "<sitemap><loc>https://qiao.example{file}</loc></sitemap>"
            )));
            let page = format!("<url><loc>https://qiao.example{page}</loc></url>");
            assert!(read(file).await.contains(&page), "{file}");
        }
        let pause = format!("{}/offers/{}/pause", sale.shop.path, sale.offer);
        app.post(&sale.shop.owner, &pause, json!({})).await.ok();
        assert!(
            !read("/sitemap-offers.xml").await.contains("<url>"),
            "a paused offer is not sold"
        );
        let settings = app.get(&Client::default(), "/v1/settings").await.ok();
        assert_eq!(settings["cities"][0]["currency"], "CNY");
        assert_eq!(
            (&settings["currency"], &settings["demo"]),
            (&json!("CNY"), &json!(true))
        );
    });
}

#[test]
fn what_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    on_both(async |app| {
        let unknown = "/o/off_00000000000000000000000000";
        for (path, status) in [
            (unknown, StatusCode::NOT_FOUND),
            ("/o/nonsense", StatusCode::NOT_FOUND),
            ("/merchant/anything", StatusCode::OK),
        ] {
            let (answer, html) = page(app, path, "en").await;
            assert_eq!(answer.status, status, "{path}");
            assert!(html.contains("<div id=\"app\">"), "{path}");
        }
        let program = |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path);
            request.body(Body::empty()).unwrap()
        };
        for face in ["/", "/merchant", "/platform"] {
            // As a service worker asks for what it keeps.
            let answer = app.send(program("GET", face)).await;
            assert_eq!(
                answer.headers[header::CONTENT_TYPE],
                "text/html; charset=utf-8",
                "{face}"
            );
        }
        for (method, path) in [
            ("GET", "/v1/nothing"),
            ("POST", "/"),
            ("GET", "/nothing"),
            ("GET", "/../Cargo.toml"),
        ] {
            let answer = app.send(program(method, path)).await;
            assert_eq!(
                answer.refusal(),
                (404, "no_such_route".to_owned()),
                "{method} {path}"
            );
        }
    });
}
