//! What the operator says of this installation: under which address everybody reaches it, which cities it
//! serves, and where the ground of its maps comes from.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use kernel::{Currency, LocalText};
use serde::{Deserialize, Serialize};

use crate::wire::{Place, currency_code};

/// A city that people can choose to look in.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// Short and stable: `shanghai`.
    pub code: String,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub name: LocalText,
    /// Its middle.
    pub place: Place,
    /// What its prices are compared in, ISO 4217.
    #[serde(with = "currency_code")]
    #[schema(value_type = String)]
    pub currency: Currency,
}

/// The installation, as its pages and settings tell it.
#[derive(Debug, Clone)]
pub struct Site {
    /// `https://qiao.example`, without a slash at the end.
    pub public_url: Option<String>,
    /// The address of a MapLibre style; its tiles and fonts come from the same origin.
    pub map_style: Option<String>,
    /// In the order in which they are shown.
    pub cities: Vec<City>,
    page_policy: HeaderValue,
}

/// Nothing from elsewhere and no script within a page. Styles within are what the consoles' components use.
const PAGE_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

impl Site {
    /// Says which of the settings is no good.
    pub fn new(
        public_url: Option<String>,
        map_style: Option<String>,
        cities: Vec<City>,
    ) -> Result<Self, String> {
        let public_url = match &public_url {
            Some(url) => Some(origin(url).filter(|origin| url.trim_end_matches('/') == origin).ok_or_else(|| {
                format!("public_url is an address such as https://qiao.example without a path, not {url:?}")
            })?),
            None => None,
        };
        let map_origin = match &map_style {
            Some(url) => origin(url)
                .map(|origin| format!(" {origin}"))
                .ok_or_else(|| format!("map_style is an http address, not {url:?}"))?,
            None => String::new(),
        };
        for city in &cities {
            let there = city.place.point().is_ok();
            let named = !city.code.is_empty() && !city.name.0.is_empty();
            if !there || !named {
                return Err(format!(
                    "the city {:?} needs a code, a name and a place on Earth",
                    city.code
                ));
            }
        }
        let policy =
            format!("{PAGE_POLICY}; img-src 'self' data: blob:{map_origin}; connect-src 'self'{map_origin}");
        Ok(Self {
            public_url,
            map_style,
            cities,
            page_policy: policy
                .parse()
                .map_err(|_| "map_style is no plain address".to_owned())?,
        })
    }

    /// The address of a page or picture of this site: absolute where the site knows how it is reached.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_deref().unwrap_or_default())
    }

    /// The same for somebody who has to be sent back: where the site does not know how it is reached, the request
    /// says as what host it was asked for.
    pub fn url_as_reached(&self, request: &HeaderMap, path: &str) -> Option<String> {
        if self.public_url.is_some() {
            return Some(self.url(path));
        }
        let host: Authority = request.get(header::HOST)?.to_str().ok()?.parse().ok()?;
        Some(format!("http://{host}{path}"))
    }

    /// The content security policy of every page.
    pub fn page_policy(&self) -> HeaderValue {
        self.page_policy.clone()
    }
}

impl Default for Site {
    fn default() -> Self {
        Self::new(None, None, Vec::new()).expect("nothing that is set is wrong")
    }
}

/// Scheme and host of an `http` or `https` address.
fn origin(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let scheme = uri
        .scheme_str()
        .filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let host = uri.authority().filter(|host| !host.as_str().contains('@'))?;
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(public_url: &str, map_style: &str) -> Result<Site, String> {
        Site::new(
            Some(public_url.to_owned()),
            Some(map_style.to_owned()),
            Vec::new(),
        )
    }

    #[test]
    fn pages_are_told_by_their_whole_address_where_it_is_known() {
        let site = of(
            "https://qiao.example/",
            "https://maps.example:8443/styles/plain.json",
        )
        .unwrap();
        assert_eq!(site.url("/o/1"), "https://qiao.example/o/1");
        assert_eq!(Site::default().url("/o/1"), "/o/1");
        let policy = site.page_policy();
        assert!(
            policy
                .to_str()
                .unwrap()
                .ends_with("connect-src 'self' https://maps.example:8443")
        );
        assert!(!policy.to_str().unwrap().contains("script-src"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in [
            "qiao.example",
            "ftp://qiao.example",
            "https://a@qiao.example",
            "https://qiao.example/shop",
        ] {
            assert!(of(wrong, "https://maps.example/s.json").is_err(), "{wrong}");
        }
        for wrong in [
            "/style.json",
            "javascript:alert(1)",
            "https://maps.example; script-src *",
        ] {
            assert!(of("https://qiao.example", wrong).is_err(), "{wrong}");
        }
        let nowhere = City {
            code: "nowhere".to_owned(),
            name: LocalText::one("en", "Nowhere"),
            place: Place { lat: 91.0, lon: 0.0 },
            currency: Currency::CNY,
        };
        assert!(
            Site::new(None, None, vec![nowhere])
                .unwrap_err()
                .contains("nowhere")
        );
    }
}
