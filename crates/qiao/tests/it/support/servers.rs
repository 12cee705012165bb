//! The servers of one database: two on PostgreSQL, the one that SQLite can have. They share one secret, and each
//! has a folder of its own.

use tempfile::TempDir;

use super::client::Client;
use super::market::Visitor;
use super::news::{Provider, SECRET};
use super::process::{Server, qiao};

/// What all of them derive their keys from.
pub const SERVER_SECRET: [u8; 32] = [0x5e; 32];

/// Servers that answer.
pub struct Servers {
    servers: Vec<Server>,
    folders: Vec<TempDir>,
    database_url: String,
    provider_url: String,
}

impl Servers {
    /// Starts them, as many as the database can have. Nobody is where their provider should be.
    pub fn start(database_url: &str) -> Self {
        Self::start_at(database_url, "http://127.0.0.1:1".to_owned())
    }

    /// The same beside a provider.
    pub fn beside(provider: &Provider, database_url: &str) -> Self {
        Self::start_at(database_url, provider.url())
    }

    fn start_at(database_url: &str, provider_url: String) -> Self {
        let count = if is_postgres(database_url) { 2 } else { 1 };
        let folders: Vec<_> = (0..count).map(|_| tempfile::tempdir().unwrap()).collect();
        let mut servers = Self {
            servers: Vec::new(),
            folders,
            database_url: database_url.to_owned(),
            provider_url,
        };
        servers.start_all();
        servers
    }

    fn start_all(&mut self) {
        for folder in &self.folders {
            let mut command = qiao(&["serve"]);
            command.env("QIAO_SECRET", hex::encode(SERVER_SECRET));
            let arguments = [
                ["--database-url", &self.database_url],
                ["--webhook-secret", SECRET],
                ["--provider-url", &self.provider_url],
                ["--provider-key", Provider::KEY],
            ];
            self.servers
                .push(Server::start(command, folder.path(), arguments.as_flattened()));
        }
    }

    /// Kills all of them, as a power cut would end their processes, and starts them anew.
    pub fn kill_and_restart(&mut self) {
        self.servers.drain(..).for_each(Server::kill);
        self.start_all();
    }

    /// Tells all of them to stop.
    pub fn stop(mut self) {
        self.servers.drain(..).for_each(|server| drop(server.stop()));
    }

    /// Where they listen.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(Server::address)
    }

    /// How much memory they have.
    pub fn resident_kib(&self) -> u64 {
        self.servers.iter().map(Server::resident_kib).sum()
    }

    /// Somebody who has not signed in, at each server.
    pub fn visitors(&self) -> Vec<Client> {
        self.servers
            .iter()
            .map(|server| Client::visitor(&server.url))
            .collect()
    }

    /// These people, in turns at each server.
    pub fn clients<'v>(&self, people: impl IntoIterator<Item = &'v Visitor>) -> Vec<Client> {
        let visitors = self.visitors();
        let at = (0..).map(|n| &visitors[n % visitors.len()]);
        people
            .into_iter()
            .zip(at)
            .map(|(person, visitor)| visitor.with_token(&person.token))
            .collect()
    }
}

/// Whether this is the URL of a server.
pub fn is_postgres(database_url: &str) -> bool {
    database_url.starts_with("postgres")
}
