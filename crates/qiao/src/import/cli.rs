//! `qiao import merchants FILE`: reads the command line, shows how the file is read, a progress bar
//! and the report. The only part of import that reads a clock; what is accepted goes to [`Target`].

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::Args;
use encoding_rs::Encoding;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::Currency;

use party::{ImportOutcome, check};

use super::options::{BoundingBox, NameTemplate, PlaceIn};
use super::report::RefusalCsv;
use super::target::Target;
use super::{Field, Format, Merchants, Options, in_batches};
use crate::config::Flags;

/// How many merchants are handed on together.
const BATCH: usize = 1_000;

/// The command line of `qiao import merchants`.
#[derive(Debug, Args)]
pub struct ImportMerchants {
    /// CSV, GeoJSON or newline-delimited GeoJSON; also packed with zstd.
    file: PathBuf,

    #[command(flatten)]
    flags: Flags,

    /// The stores' IANA time zone.
    #[arg(long, default_value = "Asia/Shanghai", value_name = "ZONE", value_parser = time_zone)]
    time_zone: String,

    /// Read and report, write nothing.
    #[arg(long)]
    dry_run: bool,

    /// The format, if the file's name does not tell.
    #[arg(long)]
    format: Option<Format>,

    /// The encoding of a CSV file by its label in the WHATWG Encoding Standard, such as gbk.
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    encoding: &'static Encoding,

    /// The delimiter of a CSV file; a comma if not given, a tab for .tsv.
    #[arg(long, value_parser = delimiter)]
    delimiter: Option<u8>,

    /// Where a field is read from, such as name=shop_name; may be given again.
    #[arg(long, value_name = "FIELD=HEADER", value_parser = column)]
    column: Vec<(Field, String)>,

    /// A TOML file of lines such as: name = "shop_name". --column goes before it.
    #[arg(long, value_name = "FILE.toml")]
    map: Option<PathBuf>,

    /// What stands before each id in the stable reference, such as osm:node/. If not given, osm: for
    /// ids of OpenStreetMap and else the file's name.
    #[arg(long, value_name = "PREFIX")]
    source: Option<String>,

    /// The currency of the prices.
    #[arg(long, default_value = "CNY", value_parser = currency)]
    currency: Currency,

    /// BCP 47 tag of the plain name. If not given, zh-CN for Chinese characters and else und.
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<String>,

    /// Rule for rows without coordinates: spread them evenly over this box, in degrees.
    #[arg(
        long,
        value_name = "WEST,SOUTH,EAST,NORTH",
        requires = "seed",
        allow_hyphen_values = true
    )]
    place_in: Option<BoundingBox>,

    /// Seed for --place-in: the same seed gives the same places.
    #[arg(long, requires = "place_in")]
    seed: Option<u64>,

    /// Rule for rows without a name: a template of fields and {row}, such as "{category} {district} {row}".
    #[arg(long, value_name = "TEMPLATE")]
    name_from: Option<NameTemplate>,

    /// Write every refused row to this CSV file.
    #[arg(long, value_name = "FILE.csv")]
    report: Option<PathBuf>,
}

impl ImportMerchants {
    /// Reads the file, stores what it accepts and prints the report. Failure if something was wrong or
    /// the file could not be read to its end.
    pub fn run_to_exit(self) -> ExitCode {
        self.run().unwrap_or_else(|error| {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        })
    }

    fn run(self) -> Result<ExitCode, String> {
        if self
            .report
            .as_deref()
            .is_some_and(|report| is_same_file(report, &self.file))
        {
            return Err("the report would overwrite the file that is imported".to_owned());
        }
        let path = self.file.display();
        let mut merchants =
            Merchants::open(&self.file, &self.options()?).map_err(|error| format!("{path}: {error}"))?;
        say(&format!("{path}: {}\n", merchants.reading()))?;
        let mut refusals = match &self.report {
            Some(path) => Some(open_report(path).map_err(|error| format!("{}: {error}", path.display()))?),
            None => None,
        };

        let target = if self.dry_run {
            None
        } else {
            Some(Target::open(self.flags.clone(), &self.time_zone, self.currency)?)
        };
        let mut stored = ImportOutcome::default();
        let started = now();
        let progress = progress_bar(&self.file);
        let taken = merchants.bytes_taken();
        let show = || progress.set_position(taken.load(Ordering::Relaxed));
        let report = in_batches(
            &mut merchants,
            BATCH,
            |batch| {
                show();
                match &target {
                    Some(target) => target.write(batch, &mut stored),
                    None => Ok(()),
                }
            },
            |refusal| {
                show();
                let written = refusals.as_mut().map_or(Ok(()), |csv| csv.write(refusal));
                written.map_err(|error| format!("the report cannot be written: {error}"))
            },
        )
        .and_then(|report| {
            let finished = refusals.map_or(Ok(()), RefusalCsv::finish).map(|()| report);
            finished.map_err(|error| format!("the report cannot be written: {error}"))
        })?;
        progress.finish_and_clear();
        let seconds = started.elapsed().as_secs_f64();
        say(&format!("{report}"))?;
        match target {
            Some(target) => {
                target.close();
                say(&format!(
                    "stored      {} new, {} changed, {} as before\n",
                    stored.created, stored.updated, stored.unchanged
                ))?;
            }
            None => say("stored      nothing (--dry-run)\n")?,
        }
        say(&format!("time {seconds:.2} s\n"))?;
        Ok(if report.is_complete() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn options(&self) -> Result<Options, String> {
        let mut columns = match &self.map {
            Some(path) => read_map(path).map_err(|error| format!("{}: {error}", path.display()))?,
            None => BTreeMap::new(),
        };
        columns.extend(self.column.iter().cloned());
        Ok(Options {
            format: self.format,
            encoding: self.encoding,
            delimiter: self.delimiter,
            columns,
            source_prefix: self.source.clone(),
            currency: self.currency,
            language: self.language.clone(),
            place_in: self
                .place_in
                .zip(self.seed)
                .map(|(bounds, seed)| PlaceIn { bounds, seed }),
            name_from: self.name_from.clone(),
        })
    }
}

fn say(text: &str) -> Result<(), String> {
    let outcome = io::stdout().write_all(text.as_bytes());
    outcome.map_err(|error| format!("standard output: {error}"))
}

fn encoding(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes())
        .ok_or_else(|| "not known; try utf-8, gbk, gb18030 or big5".to_owned())
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [b] if b.is_ascii() => Ok(*b),
        b"\\t" => Ok(b'\t'),
        _ => Err("give one ASCII character, or \\t for a tab".to_owned()),
    }
}

fn column(text: &str) -> Result<(Field, String), String> {
    let (field, header) = text.split_once('=').ok_or("write it as FIELD=HEADER")?;
    Ok((field.trim().parse()?, header.trim().to_owned()))
}

fn language(tag: &str) -> Result<String, String> {
    let checked = check::language_tag("", tag).map_err(|reject| reject.detail);
    checked.map(|()| tag.to_owned())
}

fn time_zone(name: &str) -> Result<String, String> {
    let checked = check::time_zone("", name).map_err(|reject| reject.detail);
    checked.map(|()| name.to_owned())
}

fn currency(code: &str) -> Result<Currency, String> {
    let currency = Currency::from_code(code).ok_or("not a currency of ISO 4217, such as CNY")?;
    let checked = check::currency("", currency).map_err(|reject| reject.detail);
    checked.map(|()| currency)
}

fn read_map(path: &Path) -> Result<BTreeMap<Field, String>, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let map: BTreeMap<String, String> = toml::from_str(&text).map_err(|error| error.to_string())?;
    map.into_iter()
        .map(|(field, header)| Ok((field.parse()?, header)))
        .collect()
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn open_report(path: &Path) -> io::Result<RefusalCsv<BufWriter<File>>> {
    RefusalCsv::new(BufWriter::new(File::create(path)?))
}

/// Bytes read of the file, on standard error and only if that is a terminal.
fn progress_bar(path: &Path) -> ProgressBar {
    const STYLE: &str = "{bar:40} {bytes} of {total_bytes}, {eta} left";
    let bar = ProgressBar::new(fs::metadata(path).map_or(0, |file| file.len()));
    let style = ProgressStyle::with_template(STYLE).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[allow(
    clippy::disallowed_methods,
    reason = "the shell measures how long the import took"
)]
fn now() -> Instant {
    Instant::now()
}
