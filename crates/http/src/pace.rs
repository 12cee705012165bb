//! How often somebody may write who is not signed in, by the address that the request comes from. A
//! handler that takes [`Paced`] is reached only within its rate, before its body is read. Counted in this
//! node's memory: several nodes let through several times as much. It keeps one address from wearing the
//! others out; that no code is guessed is the commands' own matter.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use ipnet::IpNet;
use kernel::{SECOND_US, Timestamp};

use crate::app::App;
use crate::problem::Problem;
use crate::reject::WRITES_TOO_MANY;
use crate::shell;

/// So many addresses are remembered. Beyond that those go that could write as much as anybody, and if that
/// is not enough, all: who has so many addresses is not held back by an address.
const MAX_REMEMBERED: usize = 100_000;

/// How often something may be done.
pub trait Rate {
    /// What it is a rate of.
    const NAME: &'static str;
    /// How often at once.
    const BURST: i64;
    /// How long until once more, µs.
    const EVERY_US: i64;
}

/// One-time codes on their way to an address, which cost money. Thousands may share an address of a mobile
/// network, so no rate is as low as one person's.
pub struct Codes;
/// Signing in, with a code or a password.
pub struct SignIns;
/// Merchants that register.
pub struct Registrations;
/// Visits, one for each page that somebody comes to.
pub struct Visits;

impl Rate for Codes {
    const NAME: &'static str = "codes";
    const BURST: i64 = 60;
    const EVERY_US: i64 = 5 * SECOND_US;
}
impl Rate for SignIns {
    const NAME: &'static str = "sign-ins";
    const BURST: i64 = 120;
    const EVERY_US: i64 = SECOND_US / 2;
}
impl Rate for Registrations {
    const NAME: &'static str = "registrations";
    const BURST: i64 = 30;
    const EVERY_US: i64 = 60 * SECOND_US;
}
impl Rate for Visits {
    const NAME: &'static str = "visits";
    const BURST: i64 = 600;
    const EVERY_US: i64 = SECOND_US / 10;
}

/// Who wrote how much lately.
#[derive(Debug)]
pub struct Pace {
    /// By rate and address: when it can do as much at once as anybody again.
    even_at: Mutex<HashMap<(&'static str, IpAddr), Timestamp>>,
    trusted_proxies: Vec<IpNet>,
}

impl Pace {
    /// Nothing written yet. What these proxies say of where a request came from (`X-Forwarded-For`) is
    /// believed, and nobody else.
    pub fn new(trusted_proxies: Vec<IpNet>) -> Self {
        Self {
            even_at: Mutex::default(),
            trusted_proxies,
        }
    }

    /// Counts one time, or says how long to wait, in µs.
    fn admit<R: Rate>(&self, address: IpAddr, now: Timestamp) -> Result<(), i64> {
        let mut even_at = self.even_at.lock().unwrap_or_else(PoisonError::into_inner);
        if even_at.len() >= MAX_REMEMBERED {
            even_at.retain(|_, at| *at > now);
        }
        if even_at.len() >= MAX_REMEMBERED {
            even_at.clear();
        }
        let full_us = R::BURST * R::EVERY_US;
        let at = even_at.entry((R::NAME, address)).or_insert(now);
        // Further off than a whole burst it can be only if the clock was set back.
        let is_ahead = (0..=full_us).contains(&at.since_us(now));
        let next = if is_ahead { *at } else { now }.plus_us(R::EVERY_US);
        let wait_us = next.since_us(now) - full_us;
        if wait_us > 0 {
            return Err(wait_us);
        }
        *at = next;
        Ok(())
    }

    /// Where the request came from: who connected, or, as long as that is a trusted proxy, who connected
    /// to that. Each proxy adds its own visitor at the end; what stands before may be invented.
    fn address_of(&self, peer: IpAddr, parts: &Parts) -> IpAddr {
        let said = parts.headers.get_all("x-forwarded-for").iter();
        let hops: Vec<&str> = said
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let mut address = peer.to_canonical();
        for hop in hops.into_iter().rev().map(str::trim) {
            if !self.trusted_proxies.iter().any(|net| net.contains(&address)) {
                break;
            }
            let with_port = || hop.parse::<SocketAddr>().map(|address| address.ip());
            let Ok(before) = hop.parse::<IpAddr>().or_else(|_| with_port()) else {
                break;
            };
            address = before.to_canonical();
        }
        address
    }
}

/// What is counted as one address: of IPv6 the network, of which everybody has a whole one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

/// The request is within its rate.
pub struct Paced<R>(PhantomData<R>);

impl<R: Rate> FromRequestParts<App> for Paced<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.ok_or_else(|| store::NoAnswer::Broken("served without ConnectInfo".to_owned()))?;
        let address = network(app.pace.address_of(peer.0.ip(), parts));
        app.pace.admit::<R>(address, shell::now()).map_err(|wait_us| {
            let seconds = wait_us.unsigned_abs().div_ceil(SECOND_US.unsigned_abs());
            let seconds = u16::try_from(seconds).unwrap_or(u16::MAX);
            let detail = format!("Too many {} came from {address}.", R::NAME);
            Problem::from(WRITES_TOO_MANY.because(detail)).to_repeat_after(seconds)
        })?;
        Ok(Self(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const NOW: Timestamp = Timestamp(1_772_352_000 * SECOND_US);
    const LI: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 1));
    const WANG: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 2));

    fn pace() -> Pace {
        Pace::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()])
    }

    #[test]
    fn a_burst_passes_and_then_one_at_a_time() {
        let pace = pace();
        for _ in 0..Codes::BURST {
            assert_eq!(pace.admit::<Codes>(LI, NOW), Ok(()));
        }
        assert_eq!(pace.admit::<Codes>(LI, NOW), Err(Codes::EVERY_US));
        assert_eq!(pace.admit::<Codes>(WANG, NOW), Ok(()), "somebody else");
        assert_eq!(pace.admit::<SignIns>(LI, NOW), Ok(()), "something else");
        let later = NOW.plus_us(Codes::EVERY_US);
        assert_eq!(pace.admit::<Codes>(LI, later.plus_us(-1)), Err(1));
        assert_eq!(
            pace.admit::<Codes>(LI, later),
            Ok(()),
            "what was refused does not count"
        );
        assert_eq!(pace.admit::<Codes>(LI, later), Err(Codes::EVERY_US));
        let tomorrow = NOW.plus_us(kernel::DAY_US);
        let passed = (0..1_000).filter(|_| pace.admit::<Codes>(LI, tomorrow).is_ok());
        assert_eq!(
            passed.count() as i64,
            Codes::BURST,
            "time saves up no more than a burst"
        );
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out() {
        let pace = pace();
        assert_eq!(pace.admit::<Codes>(LI, NOW.plus_us(kernel::DAY_US)), Ok(()));
        assert_eq!(pace.admit::<Codes>(LI, NOW), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let pace = pace();
        for n in 0..MAX_REMEMBERED as u32 + 10 {
            assert_eq!(pace.admit::<Visits>(IpAddr::V4(n.into()), NOW), Ok(()));
        }
        assert!(pace.even_at.lock().unwrap().len() <= MAX_REMEMBERED);
    }

    /// Where a request from `peer` with these headers came from.
    fn address(peer: &str, forwarded: &[&str]) -> String {
        let mut request = Request::builder();
        for said in forwarded {
            request = request.header("x-forwarded-for", *said);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        pace().address_of(peer.parse().unwrap(), &parts).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_of_its_own_visitor() {
        assert_eq!(address("203.0.113.1", &["198.51.100.7"]), "203.0.113.1");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(address("10.0.0.1", &["1.2.3.4, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            address("10.0.0.1", &["1.2.3.4", "198.51.100.7,10.0.0.2"]),
            "198.51.100.7"
        );
        assert_eq!(address("10.0.0.1", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(address("10.0.0.1", &["1.2.3.4, unknown"]), "10.0.0.1");
        assert_eq!(address("::ffff:10.0.0.1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(address("fd00::1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn of_ipv6_the_network_counts() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2::7"), "2001:db8:1:2::");
        assert_eq!(of("203.0.113.1"), "203.0.113.1");
    }
}
