//! How `qiao serve` and `qiao demo` are set up: a flag goes before an environment variable, which goes
//! before the file, which goes before the default.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use http::{City, Site};
use ipnet::IpNet;
use party::CodeCap;
use serde::Deserialize;

/// Flags and environment variables.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// A TOML file with any of these settings, by their long names with underscores.
    #[arg(long, env = "QIAO_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The folder for the embedded database, the search index, uploads and the secret. [default: data]
    #[arg(long, env = "QIAO_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// sqlite:PATH or postgres://USER@HOST/NAME. [default: sqlite:DATA/qiao.db]
    #[arg(long, env = "QIAO_DATABASE_URL", value_name = "URL")]
    pub database_url: Option<String>,

    /// Address and port to listen on. [default: 127.0.0.1:8080]
    #[arg(long, env = "QIAO_LISTEN", value_name = "ADDR")]
    pub listen: Option<String>,

    /// Reverse proxies in front of this server, as addresses or networks such as 10.0.0.0/8. What they say in
    /// X-Forwarded-For is believed. [default: none]
    #[arg(long, env = "QIAO_TRUSTED_PROXIES", value_name = "NET,…", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Option<Vec<IpNet>>,

    /// How everybody reaches this installation, such as https://qiao.example; pages then tell whole addresses and
    /// search engines get a map of them. [default: none]
    #[arg(long, env = "QIAO_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// A MapLibre style for the ground of maps, with tiles and fonts of the same origin. [default: a plain ground]
    #[arg(long, env = "QIAO_MAP_STYLE", value_name = "URL")]
    pub map_style: Option<String>,

    /// The payment provider. [demo: a sandbox is started]
    #[arg(long, env = "QIAO_PROVIDER_URL", value_name = "URL")]
    pub provider_url: Option<String>,

    /// The key with which the provider knows this platform.
    #[arg(long, env = "QIAO_PROVIDER_KEY", value_name = "KEY", hide_env_values = true)]
    pub provider_key: Option<String>,

    /// What the provider signs its webhooks with (whsec_…).
    #[arg(
        long,
        env = "QIAO_WEBHOOK_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub webhook_secret: Option<String>,

    /// Writing connections to PostgreSQL. SQLite has one. Where the server is on the same machine, as many as it has
    /// cores: more of them share each commit among fewer commands. [default: 4]
    #[arg(long, env = "QIAO_LANES", value_name = "N")]
    pub lanes: Option<usize>,

    /// Reading connections. [default: 4]
    #[arg(long, env = "QIAO_READERS", value_name = "N")]
    pub readers: Option<usize>,

    /// Commands that may wait in a lane before the answer is "busy". [default: 4096]
    #[arg(long, env = "QIAO_QUEUE", value_name = "N")]
    pub queue: Option<usize>,

    /// One-time codes that are sent to everybody together within an hour; each costs a message. [default: 2000]
    #[arg(long, env = "QIAO_CODES_PER_HOUR", value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub codes_per_hour: Option<i64>,

    /// The same within a day. [default: 10000]
    #[arg(long, env = "QIAO_CODES_PER_DAY", value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub codes_per_day: Option<i64>,

    /// plain or json. [default: plain]
    #[arg(long, env = "QIAO_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// The same from a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSettings {
    data: Option<PathBuf>,
    database_url: Option<String>,
    listen: Option<String>,
    trusted_proxies: Option<Vec<String>>,
    public_url: Option<String>,
    map_style: Option<String>,
    /// Where people can look: code, name by language, place, currency.
    #[serde(default)]
    cities: Vec<City>,
    provider_url: Option<String>,
    provider_key: Option<String>,
    webhook_secret: Option<String>,
    lanes: Option<usize>,
    readers: Option<usize>,
    queue: Option<usize>,
    codes_per_hour: Option<i64>,
    codes_per_day: Option<i64>,
    log_format: Option<String>,
}

/// Every setting, decided.
#[derive(Debug, Clone)]
pub struct Settings {
    /// See [`Flags::data`].
    pub data: PathBuf,
    /// See [`Flags::database_url`].
    pub database_url: String,
    /// See [`Flags::listen`].
    pub listen: String,
    /// See [`Flags::trusted_proxies`].
    pub trusted_proxies: Vec<IpNet>,
    /// What the operator says of this installation: [`Flags::public_url`], [`Flags::map_style`], and the file's cities.
    pub site: Site,
    /// See [`Flags::provider_url`].
    pub provider_url: Option<String>,
    /// See [`Flags::provider_key`].
    pub provider_key: Option<String>,
    /// See [`Flags::webhook_secret`].
    pub webhook_secret: Option<String>,
    /// See [`Flags::lanes`].
    pub lanes: usize,
    /// See [`Flags::readers`].
    pub readers: usize,
    /// See [`Flags::queue`].
    pub queue: usize,
    /// See [`Flags::codes_per_hour`] and [`Flags::codes_per_day`].
    pub code_cap: CodeCap,
    /// Log lines as JSON.
    pub log_json: bool,
}

impl Settings {
    /// Decides every setting. The error says which file or value is wrong.
    pub fn from(flags: Flags) -> Result<Self, String> {
        let file = flags
            .config
            .as_deref()
            .map(read_file)
            .transpose()?
            .unwrap_or_default();
        let data = flags.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        let default_url = format!("sqlite:{}", data.join("qiao.db").display());
        let log_format = flags.log_format.or(file.log_format);
        let log_json = match log_format.as_deref() {
            None | Some("plain") => false,
            Some("json") => true,
            Some(other) => return Err(format!("log_format is plain or json, not {other:?}")),
        };
        let proxies = file.trusted_proxies.unwrap_or_default();
        let proxies: Result<Vec<IpNet>, String> = proxies.iter().map(|text| network(text)).collect();
        let (public_url, map_style) = (
            flags.public_url.or(file.public_url),
            flags.map_style.or(file.map_style),
        );
        Ok(Self {
            site: Site::new(public_url, map_style, file.cities)?,
            trusted_proxies: flags.trusted_proxies.map_or(proxies, Ok)?,
            database_url: flags.database_url.or(file.database_url).unwrap_or(default_url),
            listen: flags
                .listen
                .or(file.listen)
                .unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
            provider_url: flags.provider_url.or(file.provider_url),
            provider_key: flags.provider_key.or(file.provider_key),
            webhook_secret: flags.webhook_secret.or(file.webhook_secret),
            lanes: flags.lanes.or(file.lanes).unwrap_or(4),
            readers: flags.readers.or(file.readers).unwrap_or(4),
            queue: flags.queue.or(file.queue).unwrap_or(4096),
            code_cap: CodeCap {
                per_hour: flags.codes_per_hour.or(file.codes_per_hour).unwrap_or(2_000),
                per_day: flags.codes_per_day.or(file.codes_per_day).unwrap_or(10_000),
            },
            log_json,
            data,
        })
    }
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    let network = text.parse::<IpNet>().or_else(|_| address());
    network.map_err(|_| format!("{text:?} is no address and no network such as 10.0.0.0/8"))
}

fn read_file(path: &Path) -> Result<FileSettings, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_goes_before_the_file_and_the_file_before_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qiao.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\nlanes = 7\n").unwrap();
        let flags = Flags {
            config: Some(file.clone()),
            lanes: Some(3),
            ..Flags::default()
        };
        let settings = Settings::from(flags).unwrap();
        assert_eq!(
            (settings.listen.as_str(), settings.lanes, settings.readers),
            ("127.0.0.1:1", 3, 4)
        );
        assert_eq!(settings.database_url, "sqlite:data/qiao.db");
        std::fs::write(&file, "lisen = 1\n").unwrap();
        let wrong = Settings::from(Flags {
            config: Some(file),
            ..Flags::default()
        })
        .unwrap_err();
        assert!(wrong.contains("lisen"), "{wrong}");
    }

    #[test]
    fn a_proxy_is_trusted_by_its_address_or_network_and_nobody_by_a_typing_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qiao.toml");
        let settings = |proxies: &str| {
            std::fs::write(&file, format!("trusted_proxies = [{proxies}]\n")).unwrap();
            let flags = Flags {
                config: Some(file.clone()),
                ..Flags::default()
            };
            Settings::from(flags).map(|settings| settings.trusted_proxies)
        };
        let trusted = settings("\"10.0.0.0/8\", \"::1\"").unwrap();
        assert_eq!(trusted, ["10.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap()));
        assert_eq!(settings("").unwrap(), []);
        for wrong in ["10.0.0.0/33", "proxy.example", "*"] {
            let error = settings(&format!("\"{wrong}\"")).unwrap_err();
            assert!(error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn cities_stand_in_the_file_and_a_wrong_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qiao.toml");
        let settings = |lat: &str| {
            let city = format!(
                "[[cities]]\ncode = \"shanghai\"\nname = {{ zh-CN = \"上海\", en = \"Shanghai\" }}\n\
                 place = {{ lat = {lat}, lon = 121.47 }}\ncurrency = \"CNY\"\n"
            );
            std::fs::write(&file, format!("public_url = \"https://qiao.example\"\n{city}")).unwrap();
            let flags = Flags {
                config: Some(file.clone()),
                ..Flags::default()
            };
            Settings::from(flags).map(|settings| settings.site)
        };
        let site = settings("31.23").unwrap();
        assert_eq!(site.cities[0].name.in_language("en"), "Shanghai");
        assert_eq!(site.url("/"), "https://qiao.example/");
        assert!(settings("131.23").unwrap_err().contains("shanghai"));
    }
}
