//! Reads of one offer's page, three statements and a JSON body, beside a bare axum server that says hello.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use super::Options;
use super::load::{Finding, Worker, closed};
use super::market;
use super::report::Report;
use super::stage::Stage;
use super::wire::Connection;
use crate::serve::Failure;

const SHOPS: usize = 64;

struct Reader {
    connection: Connection,
    paths: Vec<String>,
    turn: usize,
}

impl Worker for Reader {
    async fn work(&mut self) -> Result<(), Failure> {
        let path = &self.paths[self.turn % self.paths.len()];
        self.turn += 1;
        self.connection
            .prepare(format_args!("GET {path}"), format_args!(""), "");
        self.connection.send().await?.expect(200)
    }
}

/// Measures both twice, in turn.
pub fn run(options: &Options) -> Result<Report, Failure> {
    let stage = Stage::open(options)?;
    let shops = market::open_shops(&stage.app, SHOPS)?;
    let hello = Builder::new_multi_thread()
        .thread_name("server")
        .enable_all()
        .build()?;
    let listener = hello.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let hello_address = listener.local_addr()?;
    let router = Router::new().route("/", get(|| async { "Hello, world!" }));
    hello.spawn(async move { axum::serve(listener, router).await });

    let pages: Vec<String> = shops
        .iter()
        .map(|shop| format!("/v1/offers/{}", shop.offer))
        .collect();
    let drive = |address, paths: &[String]| drive(&stage, address, paths, options);
    drive(stage.address, &pages)?;
    let (mut of_pages, mut of_hello) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        of_hello.push(drive(hello_address, &["/".to_owned()])?);
        of_pages.push(drive(stage.address, &pages)?);
    }
    let mean = |findings: &[Finding]| findings.iter().map(Finding::rate).sum::<f64>() / findings.len() as f64;

    let engine = if options.database_url.is_some() {
        "offer page, PostgreSQL"
    } else {
        "offer page, SQLite"
    };
    let mut report = Report::new(engine);
    report.note("clients", options.clients as u64);
    report.figure("offer pages/s", mean(&of_pages));
    report.figure("p50 ms", of_pages[1].latency_ms(0.5));
    report.figure("p99 ms", of_pages[1].latency_ms(0.99));
    report.note("busy cores", of_pages[1].cpu.to_string());
    report.figure("hello/s, bare axum", mean(&of_hello));
    report.note("busy cores, hello", of_hello[1].cpu.to_string());
    report.at_least("offer page / hello", mean(&of_pages) / mean(&of_hello), 0.3, None);
    stage.close()?;
    Ok(report)
}

fn drive(
    stage: &Stage,
    address: SocketAddr,
    paths: &[String],
    options: &Options,
) -> Result<Finding, Failure> {
    let mut readers = Vec::with_capacity(options.clients);
    for turn in 0..options.clients {
        let connection = stage.load.block_on(Connection::open(address))?;
        readers.push(Reader {
            connection,
            paths: paths.to_vec(),
            turn,
        });
    }
    let (_, finding) = stage.load.block_on(closed(readers, options.duration() / 2))?;
    Ok(finding)
}
