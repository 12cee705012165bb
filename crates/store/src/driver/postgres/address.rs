//! Where a PostgreSQL server is and who signs in there, read from its URL.

use std::path::PathBuf;

use url::Url;

/// A server, a database in it and who signs in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub host: Host,
    pub user: String,
    pub password: Option<String>,
    pub database: String,
}

/// How the server is reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// A socket file.
    Unix(PathBuf),
    /// A name or an address, and a port. With `tls`, the server must prove that it is this host.
    Tcp {
        name: String,
        port: u16,
        tls: Option<Trust>,
    },
}

/// Whose word is taken for who the server is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// The authorities that this system trusts.
    System,
    /// The authorities in a PEM file.
    File(PathBuf),
}

const DEFAULT_PORT: u16 = 5432;

impl Address {
    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…&sslrootcert=…&host=…`. Gives what is
    /// wrong otherwise.
    pub fn from_url(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("the database URL: {error}"))?;
        let mut host = url.host_str().map(|host| decoded(host.trim_matches(['[', ']'])));
        let mut user = Some(decoded(url.username())).filter(|user| !user.is_empty());
        let mut password = url.password().map(decoded);
        let (mut with_tls, mut trust) = (false, Trust::System);
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("host", _) => host = Some(value.into_owned()),
                ("user", _) => user = Some(value.into_owned()),
                ("password", _) => password = Some(value.into_owned()),
                ("sslmode", "disable") => with_tls = false,
                ("sslmode", "require" | "verify-ca" | "verify-full") => with_tls = true,
                ("sslrootcert", _) => trust = Trust::File(value.into_owned().into()),
                _ => {
                    return Err(format!(
                        "the database URL: {name}={value} is not known; there are host, user, password, \
                         sslmode=disable|require|verify-full and sslrootcert=FILE"
                    ));
                }
            }
        }
        let user = user.ok_or("the database URL names no user: postgres://USER@HOST/DATABASE")?;
        let port = url.port().unwrap_or(DEFAULT_PORT);
        let database = match url.path().trim_start_matches('/') {
            "" => user.clone(),
            path => decoded(path),
        };
        let host = match host.unwrap_or_else(|| "localhost".to_owned()) {
            folder if folder.starts_with('/') => {
                Host::Unix(PathBuf::from(folder).join(format!(".s.PGSQL.{port}")))
            }
            name => Host::Tcp {
                name,
                port,
                tls: with_tls.then_some(trust),
            },
        };
        Ok(Self {
            host,
            user,
            password,
            database,
        })
    }
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part)
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(name: &str, port: u16, tls: Option<Trust>) -> Host {
        Host::Tcp {
            name: name.to_owned(),
            port,
            tls,
        }
    }

    #[test]
    fn a_url_says_where_who_and_which() {
        let address = Address::from_url("postgres://qiao:p%40ss@db.example:6543/shop").unwrap();
        assert_eq!(address.host, tcp("db.example", 6543, None));
        assert_eq!(
            (&*address.user, address.password.as_deref(), &*address.database),
            ("qiao", Some("p@ss"), "shop")
        );
        let short = Address::from_url("postgresql://qiao@[::1]").unwrap();
        assert_eq!(
            (short.host, &*short.database),
            (tcp("::1", DEFAULT_PORT, None), "qiao")
        );
    }

    #[test]
    fn a_socket_file_is_found_in_its_folder() {
        let address = Address::from_url("postgres:///qiao?host=/run/postgresql&user=qiao").unwrap();
        assert_eq!(address.host, Host::Unix("/run/postgresql/.s.PGSQL.5432".into()));
    }

    #[test]
    fn tls_is_asked_for_by_sslmode() {
        let tls = |query| Address::from_url(&format!("postgres://q@h/d?{query}")).map(|address| address.host);
        assert_eq!(tls("sslmode=disable"), Ok(tcp("h", 5432, None)));
        assert_eq!(
            tls("sslmode=verify-full"),
            Ok(tcp("h", 5432, Some(Trust::System)))
        );
        let own = Trust::File("/etc/ca.pem".into());
        assert_eq!(
            tls("sslmode=require&sslrootcert=/etc/ca.pem"),
            Ok(tcp("h", 5432, Some(own)))
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_and_never_left_out() {
        let refusal = |url| Address::from_url(url).unwrap_err();
        assert!(refusal("postgres://q@h/d?sslmode=prefer").contains("sslmode=prefer"));
        assert!(refusal("postgres://q@h/d?target_session_attrs=any").contains("target_session_attrs"));
        assert!(refusal("postgres://h/d").contains("no user"));
    }
}
