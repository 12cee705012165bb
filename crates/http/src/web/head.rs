//! What a page says of itself before any script runs: title, description, preview picture (Open Graph),
//! structured data (JSON-LD) and its content as plain HTML.

use axum::http::StatusCode;
use maud::{Markup, PreEscaped, html};
use serde_json::Value;

/// The site that a page belongs to.
const SITE: &str = "Qiao";

/// What one page says of itself.
#[derive(Default)]
pub struct Head {
    /// The answer's status.
    pub status: StatusCode,
    /// BCP 47 tag of the language that the rest is in.
    pub language: Option<String>,
    /// Shown in the tab and in search results.
    pub title: Option<String>,
    /// One or two sentences.
    pub description: String,
    /// The address of the page itself.
    pub url: String,
    /// The address of a picture.
    pub picture: Option<String>,
    /// Its data in the words of schema.org.
    pub data: Option<Value>,
    /// What it shows until the scripts have taken over.
    pub content: Markup,
}

impl Head {
    /// The page of a face with all of this in it.
    pub fn written_into(&self, page: &str) -> String {
        let Some(title) = &self.title else {
            return page.to_owned();
        };
        let Some((start, rest)) = page.split_once("<title>") else {
            return page.to_owned();
        };
        let end = rest.split_once("</title>").map_or("", |(_, end)| end);
        let start = match &self.language {
            Some(language) => start.replacen("lang=\"zh-CN\"", &html_lang(language), 1),
            None => start.to_owned(),
        };
        let app = html! { div #app { (self.content) } }.into_string();
        let end = end.replacen("<div id=\"app\"></div>", &app, 1);
        format!("{start}{}{end}", self.tags(title).into_string())
    }

    fn tags(&self, title: &str) -> Markup {
        html! {
            title { (title) " · " (SITE) }
            meta name="description" content=(self.description);
            link rel="canonical" href=(self.url);
            meta property="og:type" content="website";
            meta property="og:site_name" content=(SITE);
            meta property="og:title" content=(title);
            meta property="og:description" content=(self.description);
            meta property="og:url" content=(self.url);
            @if let Some(picture) = &self.picture { meta property="og:image" content=(picture); }
            @if let Some(data) = &self.data {
                // No `</script>` can stand in it.
                script type="application/ld+json" { (PreEscaped(data.to_string().replace('<', "\\u003c"))) }
            }
        }
    }
}

fn html_lang(language: &str) -> String {
    format!("lang=\"{}\"", html! { (language) }.into_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PAGE: &str =
        "<html lang=\"zh-CN\"><head><title>Qiao</title></head><body><div id=\"app\"></div></body></html>";

    #[test]
    fn hostile_text_stays_text_everywhere() {
        let hostile = "\"></script><script>alert(1)</script><!--";
        let head = Head {
            title: Some(hostile.to_owned()),
            language: Some(hostile.to_owned()),
            description: hostile.to_owned(),
            url: hostile.to_owned(),
            picture: Some(hostile.to_owned()),
            data: Some(json!({ hostile: hostile })),
            content: html! { h1 { (hostile) } },
            ..Head::default()
        };
        let page = head.written_into(PAGE);
        // The only script is the data, and it ends where it should.
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("</script").count(), 1);
        assert!(!page.contains("<!--"));
        assert!(!page.contains("=\"\">"), "{page}");
    }

    #[test]
    fn a_page_that_says_nothing_is_left_as_it_is() {
        assert_eq!(Head::default().written_into(PAGE), PAGE);
    }
}
