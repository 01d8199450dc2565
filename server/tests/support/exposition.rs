//! Reads what Prometheus reads, and insists on all that Prometheus insists on.

use std::collections::{BTreeMap, BTreeSet};

/// A sample: its name, its labels, its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

/// A name with its meaning and its samples.
#[derive(Clone, Debug)]
pub struct Family {
    pub name: String,
    pub help: String,
    pub kind: String,
    pub samples: Vec<Sample>,
}

/// The families of a text, in order.
///
/// # Panics
/// When the text is not as it has to be: a family without meaning or sort, a name that comes twice, a
/// sample outside its family or twice the same, or what is no number.
pub fn parse(text: &str) -> Vec<Family> {
    assert!(text.ends_with('\n'), "the last line ends");
    let mut families: Vec<Family> = Vec::new();
    let (mut names, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a meaning");
            let kind = lines.next().and_then(|line| line.strip_prefix("# TYPE "));
            let (typed, kind) = kind.and_then(|rest| rest.split_once(' ')).expect("a sort");
            assert_eq!(name, typed);
            assert!(matches!(kind, "counter" | "gauge" | "histogram"), "{line}");
            assert!(names.insert(name.to_owned()), "{name} comes twice");
            let (name, help, kind) = (name.to_owned(), help.to_owned(), kind.to_owned());
            families.push(Family { name, help, kind, samples: Vec::new() });
            continue;
        }
        let sample = sample(line);
        assert!(seen.insert(format!("{} {:?}", sample.name, sample.labels)), "{line} comes twice");
        let family = families.last_mut().expect("a sample is in a family");
        let ends = sample.name.strip_prefix(&family.name).expect("a sample is in its family");
        let fits = match family.kind.as_str() {
            "histogram" => matches!(ends, "_bucket" | "_sum" | "_count"),
            _ => ends.is_empty(),
        };
        assert!(fits, "{line}");
        family.samples.push(sample);
    }
    families
}

fn sample(line: &str) -> Sample {
    let (named, value) = line.rsplit_once(' ').expect("a value");
    let value = value.parse().unwrap_or_else(|_| panic!("no number in {line}"));
    let (name, labels) = match named.split_once('{') {
        Some((name, rest)) => (name, rest.strip_suffix('}').expect("labels end")),
        None => (named, ""),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    assert!(!name.is_empty() && name.chars().all(plain), "{line}");
    let pairs = labels.split(',').filter(|pair| !pair.is_empty());
    let labels = pairs.map(|pair| {
        let (key, value) = pair.split_once('=').expect("a label has a value");
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let value = value.unwrap_or_else(|| panic!("no text in {line}"));
        assert!(!value.contains(['"', '\\']), "{line}");
        (key.to_owned(), value.to_owned())
    });
    Sample { name: name.to_owned(), labels: labels.collect(), value }
}

/// The value of a sample without labels, or with this one.
pub fn value(families: &[Family], name: &str, label: Option<(&str, &str)>) -> f64 {
    let samples = families.iter().flat_map(|family| &family.samples);
    let wanted: BTreeMap<String, String> =
        label.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let mut found = samples.filter(|sample| sample.name == name && sample.labels == wanted);
    found.next().unwrap_or_else(|| panic!("no {name} {wanted:?}")).value
}
