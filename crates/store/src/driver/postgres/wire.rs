//! One connection that speaks PostgreSQL's protocol: reaches the server, signs in, sends what was put
//! into its outbox and hears the answers. Knows no statement.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the protocol has dozens of messages"
)]

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::authentication::{
    md5_hash,
    sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256},
};
use postgres_protocol::message::backend::{ErrorResponseBody, Message};
use postgres_protocol::message::frontend;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_platform_verifier::BuilderVerifierExt;
use socket2::{SockRef, TcpKeepalive};

use super::address::{Address, Host, Trust};
use crate::StorageError;
use crate::error::Cause;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const READ_BYTES: usize = 32 * 1024;

trait Stream: Read + Write + Send {}
impl<S: Read + Write + Send> Stream for S {}

pub(super) struct Wire {
    stream: Box<dyn Stream>,
    inbox: BytesMut,
    /// Messages that [`Self::send`] sends.
    pub outbox: BytesMut,
    /// Whether the connection broke, so that nothing more can be asked.
    pub is_lost: bool,
}

impl Wire {
    /// A signed-in connection.
    pub fn connect(address: &Address) -> Result<Self, StorageError> {
        let mut wire = match &address.host {
            Host::Unix(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_read_timeout(Some(CONNECT_TIMEOUT))?;
                let wire = Self::over(stream.try_clone()?).signed_in(address)?;
                stream.set_read_timeout(None)?;
                wire
            }
            Host::Tcp { name, port, tls } => {
                let stream = reach(name, *port)?;
                stream.set_read_timeout(Some(CONNECT_TIMEOUT))?;
                let own = stream.try_clone()?;
                let wire = match tls {
                    None => Self::over(own),
                    Some(trust) => Self::over(secure(own, name, trust)?),
                };
                let wire = wire.signed_in(address)?;
                stream.set_read_timeout(None)?;
                wire
            }
        };
        wire.inbox.reserve(READ_BYTES);
        Ok(wire)
    }

    fn over(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            inbox: BytesMut::new(),
            outbox: BytesMut::new(),
            is_lost: false,
        }
    }

    fn signed_in(mut self, address: &Address) -> Result<Self, StorageError> {
        let parameters = [
            ("user", &*address.user),
            ("database", &*address.database),
            ("client_encoding", "UTF8"),
            ("application_name", "qiao"),
        ];
        frontend::startup_message(parameters, &mut self.outbox)?;
        self.send()?;
        let password = || {
            let password = address.password.as_deref().map(str::as_bytes);
            password.ok_or_else(|| {
                StorageError::lost("PostgreSQL asks for a password; the database URL has none")
            })
        };
        loop {
            match self.hear()? {
                Message::AuthenticationOk => {}
                Message::AuthenticationCleartextPassword => self.say_password(password()?)?,
                Message::AuthenticationMd5Password(body) => {
                    let hash = md5_hash(address.user.as_bytes(), password()?, body.salt());
                    self.say_password(hash.as_bytes())?;
                }
                Message::AuthenticationSasl(body) => {
                    let offered: Vec<&str> = body.mechanisms().collect()?;
                    if !offered.contains(&SCRAM_SHA_256) {
                        return Err(StorageError::lost("PostgreSQL does not offer SCRAM-SHA-256"));
                    }
                    self.prove(password()?)?;
                }
                Message::ErrorResponse(body) => return Err(refusal(&body)?),
                Message::ReadyForQuery(_) => return Ok(self),
                // The backend's key and the server's settings.
                Message::BackendKeyData(_) => {}
                _ => {
                    return Err(StorageError::lost(
                        "PostgreSQL asks for a way to sign in that Qiao has not",
                    ));
                }
            }
        }
    }

    fn say_password(&mut self, password: &[u8]) -> Result<(), StorageError> {
        frontend::password_message(password, &mut self.outbox)?;
        self.send()
    }

    fn prove(&mut self, password: &[u8]) -> Result<(), StorageError> {
        let mut scram = ScramSha256::new(password, ChannelBinding::unsupported());
        frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), &mut self.outbox)?;
        self.send()?;
        match self.hear()? {
            Message::AuthenticationSaslContinue(body) => scram.update(body.data())?,
            Message::ErrorResponse(body) => return Err(refusal(&body)?),
            _ => return Err(StorageError::lost("PostgreSQL broke off while signing in")),
        }
        frontend::sasl_response(scram.message(), &mut self.outbox)?;
        self.send()?;
        match self.hear()? {
            Message::AuthenticationSaslFinal(body) => Ok(scram.finish(body.data())?),
            Message::ErrorResponse(body) => Err(refusal(&body)?),
            _ => Err(StorageError::lost("PostgreSQL broke off while signing in")),
        }
    }

    /// Sends the outbox.
    pub fn send(&mut self) -> Result<(), StorageError> {
        let sent = self
            .stream
            .write_all(&self.outbox)
            .and_then(|()| self.stream.flush());
        self.outbox.clear();
        self.unless_lost(sent)
    }

    /// The next message that answers something.
    pub fn hear(&mut self) -> Result<Message, StorageError> {
        loop {
            let message = Message::parse(&mut self.inbox);
            match self.unless_lost(message)? {
                None => {
                    let read = self.read();
                    self.unless_lost(read)?;
                }
                Some(
                    Message::NoticeResponse(_)
                    | Message::ParameterStatus(_)
                    | Message::NotificationResponse(_),
                ) => {}
                Some(message) => return Ok(message),
            }
        }
    }

    fn read(&mut self) -> std::io::Result<()> {
        let heard = self.inbox.len();
        self.inbox.resize(heard + READ_BYTES, 0);
        let read = self.stream.read(&mut self.inbox[heard..]);
        self.inbox.truncate(heard + *read.as_ref().unwrap_or(&0));
        match read? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    fn unless_lost<T>(&mut self, result: std::io::Result<T>) -> Result<T, StorageError> {
        self.is_lost |= result.is_err();
        Ok(result?)
    }

    /// Gives the connection up: what it says is not what was asked.
    pub fn out_of_turn(&mut self) -> StorageError {
        self.is_lost = true;
        StorageError::lost("PostgreSQL answered out of turn")
    }

    /// The failure that the server told, once it is ready again.
    pub fn failure(&mut self, told: &ErrorResponseBody) -> Result<StorageError, StorageError> {
        let failure = refusal(told)?;
        // A server that ends the connection with its refusal says nothing more: the refusal is the reason.
        while let Ok(message) = self.hear() {
            if matches!(message, Message::ReadyForQuery(_)) {
                break;
            }
        }
        Ok(failure)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if !self.is_lost {
            frontend::terminate(&mut self.outbox);
            // The server ends the session by itself if it does not hear this.
            let _ = self.send();
        }
    }
}

/// A connection to the first of the name's addresses that answers.
fn reach(name: &str, port: u16) -> Result<TcpStream, StorageError> {
    let mut failure = None;
    for address in (name, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                // Without these, a network that falls silent holds a lane for hours.
                let keepalive = TcpKeepalive::new()
                    .with_time(Duration::from_secs(10))
                    .with_interval(Duration::from_secs(5))
                    .with_retries(3);
                SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                #[cfg(target_os = "linux")]
                SockRef::from(&stream).set_tcp_user_timeout(Some(Duration::from_secs(30)))?;
                return Ok(stream);
            }
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.map_or_else(
        || StorageError::lost(format!("{name} has no address")),
        Into::into,
    ))
}

/// The stream under TLS, to a server that proved that it is `name`.
fn secure(
    mut stream: TcpStream,
    name: &str,
    trust: &Trust,
) -> Result<StreamOwned<ClientConnection, TcpStream>, StorageError> {
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    stream.write_all(&request)?;
    let mut answer = [0];
    stream.read_exact(&mut answer)?;
    if answer != *b"S" {
        return Err(StorageError::lost(
            "PostgreSQL does not offer TLS, and sslmode demands it",
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(no_tls)?;
    let config = match trust {
        Trust::System => versions.with_platform_verifier().map_err(no_tls)?,
        Trust::File(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_file_iter(path).map_err(no_tls)? {
                roots.add(certificate.map_err(no_tls)?).map_err(no_tls)?;
            }
            versions.with_root_certificates(roots)
        }
    }
    .with_no_client_auth();
    let server = ServerName::try_from(name.to_owned()).map_err(no_tls)?;
    let connection = ClientConnection::new(Arc::new(config), server).map_err(no_tls)?;
    Ok(StreamOwned::new(connection, stream))
}

fn no_tls(error: impl std::fmt::Display) -> StorageError {
    StorageError::lost(format!("TLS to PostgreSQL: {error}"))
}

/// What the server says is wrong, and what is to be done about it.
fn refusal(told: &ErrorResponseBody) -> Result<StorageError, StorageError> {
    let (mut code, mut message) = (String::new(), String::new());
    let mut fields = told.fields();
    while let Some(field) = fields.next()? {
        match field.type_() {
            b'C' => code = String::from_utf8_lossy(field.value_bytes()).into_owned(),
            b'M' => message = String::from_utf8_lossy(field.value_bytes()).into_owned(),
            _ => {}
        }
    }
    Ok(StorageError::new(cause(&code), format!("{code}: {message}")))
}

/// By the codes of <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn cause(code: &str) -> Cause {
    match code {
        // Serialization failure, deadlock, lock not available.
        "40001" | "40P01" | "55P03" => Cause::Conflict,
        // Over the time limit, as it would be again; a lane that repeats it stands still for minutes.
        "57014" => Cause::Bug,
        // Idle for too long in a transaction, as after a machine that slept; a server that became read-only.
        "25P03" | "25006" => Cause::Lost,
        // The connection, no resources, stopped by the operator, the disk.
        _ if ["08", "53", "57", "58"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            Cause::Lost
        }
        _ => Cause::Bug,
    }
}

impl From<std::io::Error> for StorageError {
    fn from(error: std::io::Error) -> Self {
        Self::lost(error.to_string())
    }
}
