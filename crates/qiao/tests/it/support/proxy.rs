//! A wire between Qiao and PostgreSQL that delays, cuts and half closes connections, each where a seed says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kernel::{Actor, Ctx, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a connection carries before it meets its end is less than this.
const MOST_BYTES: u64 = 100_000;
const MOST_COMMITS: u64 = 20;
const LONGEST_DELAY_MS: u64 = 20;
/// How the server says that a transaction is durable.
const COMMITTED: &[u8] = b"COMMIT\0";

/// How many connections met which end.
#[derive(Debug, Default)]
pub struct Ends {
    /// Anywhere in a message.
    pub cut: AtomicU64,
    /// Before COMMIT reaches the server.
    pub cut_before_commit: AtomicU64,
    /// After COMMIT succeeded, before Qiao hears of it.
    pub cut_after_commit: AtomicU64,
    /// One side hears that the other says no more, which it still might.
    pub half_closed: AtomicU64,
}

impl Ends {
    /// All of them.
    pub fn total(&self) -> u64 {
        let Self {
            cut,
            cut_before_commit,
            cut_after_commit,
            half_closed,
        } = self;
        [cut, cut_before_commit, cut_after_commit, half_closed]
            .map(|count| count.load(Ordering::SeqCst))
            .iter()
            .sum()
    }
}

/// Takes connections for a PostgreSQL server.
pub struct Proxy {
    /// The database, through the proxy.
    pub url: String,
    wire: Arc<Wire>,
}

#[derive(Default)]
struct Wire {
    spoils: AtomicBool,
    ends: Ends,
}

/// When a connection ends, and how.
enum End {
    Cut { after_bytes: u64 },
    CutBeforeCommit { after_commits: u64 },
    CutAfterCommit { after_commits: u64 },
    HalfClosed { after_bytes: u64, to_server: bool },
}

impl Proxy {
    /// A proxy for the database of this URL. At first it only carries.
    pub async fn before(url: &str, seed: u64) -> Self {
        let rest = url.split_once('@').unwrap().1;
        let (server, name) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "postgres://qiao@{}/{name}?sslmode=disable",
            listener.local_addr().unwrap()
        );
        let (server, wire) = (server.to_owned(), Arc::<Wire>::default());
        let accepted = Arc::clone(&wire);
        tokio::spawn(async move {
            for number in 0_u64.. {
                let (client, _) = listener.accept().await.unwrap();
                let mut bytes = [0; 32];
                bytes[..8].copy_from_slice(&seed.to_le_bytes());
                bytes[8..16].copy_from_slice(&number.to_le_bytes());
                let dice = Ctx::new(Timestamp(0), Actor::System, bytes);
                let (server, wire) = (server.clone(), Arc::clone(&accepted));
                tokio::spawn(async move {
                    // An error is an end too: of whoever was there first.
                    if let Ok(server) = TcpStream::connect(server).await {
                        let _ = wire.carry(client, server, dice).await;
                    }
                });
            }
        });
        Self { url, wire }
    }

    /// From here on connections are spoiled, or no more.
    pub fn spoil(&self, spoils: bool) {
        self.wire.spoils.store(spoils, Ordering::SeqCst);
    }

    /// What happened so far.
    pub fn ends(&self) -> &Ends {
        &self.wire.ends
    }
}

impl End {
    fn draw(dice: &Ctx) -> Self {
        let after_bytes = dice.random_below(MOST_BYTES);
        match dice.random_below(4) {
            0 => Self::Cut { after_bytes },
            1 => Self::HalfClosed {
                after_bytes,
                to_server: dice.random_below(2) == 0,
            },
            2 => Self::CutBeforeCommit {
                after_commits: dice.random_below(MOST_COMMITS),
            },
            _ => Self::CutAfterCommit {
                after_commits: dice.random_below(MOST_COMMITS),
            },
        }
    }
}

impl Wire {
    async fn carry(&self, mut client: TcpStream, mut server: TcpStream, dice: Ctx) -> std::io::Result<()> {
        let end = End::draw(&dice);
        let (mut bytes, mut commits, mut half_closed) = (0, 0, false);
        let (mut up, mut down) = ([0; 8192], [0; 8192]);
        let mut order = CommitOrder::default();
        loop {
            let (from_client, length) = tokio::select! {
                read = client.read(&mut up) => (true, read?),
                read = server.read(&mut down) => (false, read?),
            };
            let (said, to) = if from_client {
                (&up[..length], &mut server)
            } else {
                (&down[..length], &mut client)
            };
            if length == 0 {
                return Ok(());
            }
            bytes += length as u64;
            let is_order = from_client && order.is_in(said);
            if !from_client && position(said, COMMITTED).is_some() {
                commits += 1;
            }
            if !self.spoils.load(Ordering::SeqCst) {
                to.write_all(said).await?;
                continue;
            }
            if dice.random_below(8) == 0 {
                tokio::time::sleep(Duration::from_millis(dice.random_below(LONGEST_DELAY_MS))).await;
            }
            match end {
                End::Cut { after_bytes } if bytes > after_bytes => {
                    to.write_all(&said[..dice.random_below(length as u64) as usize])
                        .await?;
                    self.ends.cut.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
                End::CutBeforeCommit { after_commits } if is_order && commits >= after_commits => {
                    self.ends.cut_before_commit.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
                End::CutAfterCommit { after_commits } if commits > after_commits => {
                    self.ends.cut_after_commit.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
                End::HalfClosed {
                    after_bytes,
                    to_server,
                } if bytes > after_bytes && !half_closed => {
                    to.write_all(said).await?;
                    half_closed = true;
                    self.ends.half_closed.fetch_add(1, Ordering::SeqCst);
                    if to_server { &mut server } else { &mut client }
                        .shutdown()
                        .await?;
                }
                End::Cut { .. }
                | End::CutBeforeCommit { .. }
                | End::CutAfterCommit { .. }
                | End::HalfClosed { .. } => to.write_all(said).await?,
            }
        }
    }
}

/// Recognizes the order to commit, which goes by the name that the statement was prepared under.
#[derive(Default)]
struct CommitOrder {
    /// A Bind of that name, without formats and parameters, to the nameless portal.
    bind: Option<Vec<u8>>,
}

impl CommitOrder {
    fn is_in(&mut self, said: &[u8]) -> bool {
        // Its Parse: the name, which is an s and a number, and the text.
        if let Some(text) = position(said, COMMITTED)
            && let Some(name) = said[..text].iter().rposition(|byte| *byte == b's')
        {
            self.bind = Some([b"\0", &said[name..text], &[0; 6]].concat());
        }
        self.bind
            .as_ref()
            .is_some_and(|bind| position(said, bind).is_some())
    }
}

fn position(said: &[u8], part: &[u8]) -> Option<usize> {
    said.windows(part.len()).position(|window| window == part)
}
