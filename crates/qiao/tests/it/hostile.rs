//! Any bytes whatever: an import ends, never panics, and holds to its own limits. A backup that was changed is refused.

use std::sync::LazyLock;

use proptest::prelude::*;
use qiao::import::{Format, Options};

use store::backup;
use store::testing::TestDatabase;

use crate::fixtures::open;

const CSV: &str = "\u{FEFF}id,name,lat,lon,category,price,score\n1,\"A \"\"b\"\"\",31.2,121.4,火锅,￥85,4.5\n2,B,0,0,,-,-\n";
const GEOJSON: &str = r#"{"type":"FeatureCollection","bbox":[1,2,3,4],"features":[{"type":"Feature","id":"node/1","properties":{"name":"A\"\\","shop":"x"},"geometry":{"type":"Polygon","coordinates":[[[1,1],[1,2],[2,2],[1,1]]]}},{"type":"Feature","properties":null,"geometry":null}]}"#;

/// A whole backup.
static BACKUP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let database = TestDatabase::sqlite();
    database.open().close();
    let (mut file, mut keys) = (Vec::new(), Vec::new());
    backup::write(&database.url, &mut file, &mut keys).unwrap();
    file
});

fn options() -> impl Strategy<Value = Options> {
    let format = prop_oneof![
        Just(None),
        Just(Some(Format::Csv)),
        Just(Some(Format::Geojson)),
        Just(Some(Format::Ndjson))
    ];
    let encoding = prop_oneof![
        Just(encoding_rs::UTF_8),
        Just(encoding_rs::GBK),
        Just(encoding_rs::ISO_2022_JP),
        Just(encoding_rs::UTF_16LE)
    ];
    let name_from = prop_oneof![
        Just(None),
        Just(Some("{category} {row}".parse().unwrap())),
        Just(Some("{name}{id}".parse().unwrap()))
    ];
    (format, encoding, name_from, any::<Option<u8>>()).prop_map(|(format, encoding, name_from, delimiter)| {
        Options {
            format,
            encoding,
            name_from,
            delimiter,
            ..Options::default()
        }
    })
}

/// Reads all rows; their number cannot exceed that of the bytes.
fn read_to_the_end(name: &str, content: &[u8], options: &Options) {
    if let Ok(merchants) = open(name, content, options) {
        assert!(merchants.count() <= content.len() + 1);
    }
}

#[test]
fn quotes_that_open_again_in_every_line_cost_a_bounded_number_of_long_searches() {
    let content = "id,name\n".to_owned() + &"\"x\",\"\n".repeat(30_000);
    let rows = open("x.csv", content.as_bytes(), &Options::default()).unwrap();
    assert_eq!(rows.filter(Result::is_err).count(), 30_000);
}

proptest! {
    #[test]
    fn any_bytes(content in prop::collection::vec(any::<u8>(), 0..400), options in options()) {
        read_to_the_end("x.json", &content, &options);
    }

    #[test]
    fn any_text_of_the_signs_that_matter(content in "[\"{}\\[\\],:\\\\\n\r\t a1火\u{1E}-]{0,200}", options in options()) {
        read_to_the_end("x.csv", content.as_bytes(), &options);
        let features = format!("{{\"features\":[{content}");
        read_to_the_end("x.geojson", features.as_bytes(), &options);
    }

    #[test]
    fn a_good_file_with_damage(
        csv: bool, at in 0_usize..1_000, damage in prop::collection::vec(any::<u8>(), 0..6), cut in 0_usize..8, packed: bool
    ) {
        let mut content = if csv { CSV } else { GEOJSON }.as_bytes().to_vec();
        if packed {
            content = zstd::encode_all(content.as_slice(), 1).unwrap();
        }
        let at = at % content.len();
        let end = (at + cut).min(content.len());
        content.splice(at..end, damage);
        let name = if csv { "x.csv" } else { "x.geojson" };
        read_to_the_end(name, &content, &Options::default());
    }
}

proptest! {
    #[test]
    fn a_backup_that_was_changed_anywhere_is_refused(
        at in any::<prop::sample::Index>(),
        cut in 0usize..40,
        put in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let whole = BACKUP.as_slice();
        let at = at.index(whole.len());
        let rest = &whole[(at + cut).min(whole.len())..];
        let changed = [&whole[..at], &put, rest].concat();
        let verified = backup::verify(&mut changed.as_slice());
        prop_assert_eq!(verified.is_ok(), changed == whole, "{:?}", verified);
    }

    #[test]
    fn what_is_no_backup_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
        prop_assert!(backup::verify(&mut bytes.as_slice()).is_err());
    }
}
