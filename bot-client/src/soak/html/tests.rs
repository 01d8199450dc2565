use super::{super::report::*, *};

/// What no text of a report may become.
const HOSTILE: &str = "</script><img src=x onerror=alert(1)><!--\u{202e}\"'&";

fn sample() -> SoakReport {
    serde_json::from_str(include_str!("../../../tests/soak/sample.json")).unwrap()
}

/// The elements of a page that are opened, without what is in scripts and styles.
fn elements(page: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, tail)) = rest.split_once('<') {
        let name = tail.split([' ', '>', '/']).next().unwrap_or_default();
        found.extend((!name.is_empty()).then_some(name));
        rest = match name {
            "script" | "style" => tail.split_once(&format!("</{name}>")).expect("it ends").1,
            _ => tail,
        };
    }
    found
}

/// A page without its scripts, its style and its head.
fn markup(page: &str) -> String {
    let after = |part: &str| part.split_once("</script>").map_or(part, |it| it.1).to_owned();
    let body = page.split_once("</head>").expect("it has a head").1;
    body.split("<script").map(after).collect()
}

/// A report in which every text is hostile.
fn hostile() -> SoakReport {
    let mut json = serde_json::to_value(sample()).unwrap();
    fn poison(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text)
                if !matches!(text.as_str(), "fail" | "pass" | "void") =>
            {
                *text = HOSTILE.to_owned();
            }
            serde_json::Value::Array(values) => values.iter_mut().for_each(poison),
            serde_json::Value::Object(values) => values.values_mut().for_each(poison),
            _ => {}
        }
    }
    poison(&mut json);
    let mut report: SoakReport = serde_json::from_value(json).unwrap();
    report.limits.insert(HOSTILE.to_owned(), 1.0);
    report.totals.refusals.insert(HOSTILE.to_owned(), 1);
    report
}

#[test]
fn names_that_are_markup_become_text() {
    let (usual, page) = (render(&sample()), render(&hostile()));
    let mut usual = elements(&usual);
    usual.sort_unstable();
    usual.dedup();
    let strange: Vec<_> = elements(&page).into_iter().filter(|it| !usual.contains(it)).collect();
    assert_eq!(strange, [] as [&str; 0]);
    let shown = markup(&page);
    assert!(shown.contains("&lt;img src=x onerror=alert(1)&gt;") && !shown.contains('\u{202e}'));
}

#[test]
fn the_report_in_the_page_is_the_report() {
    for report in [sample(), hostile()] {
        let page = render(&report);
        let start = "<script type=\"application/json\" id=\"report\">";
        let json = page.split_once(start).unwrap().1.split_once("</script>").unwrap().0;
        assert_eq!(serde_json::from_str::<SoakReport>(json).unwrap(), report);
    }
}

#[test]
fn nothing_in_the_page_is_fetched_and_no_style_stands_in_an_attribute() {
    let page = render(&sample());
    let markup = markup(&page);
    for banned in [" src=", "http:", "https:", " style=", " onclick=", "@import", "url("] {
        assert!(!markup.contains(banned), "{banned}");
    }
    assert!(page.contains("default-src 'none'") && !page.contains("unsafe-inline"));
}

#[test]
fn the_verdict_and_its_reasons_stand_first() {
    let page = render(&sample());
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(place("FAIL</span>") < place("memory_mib_per_hour"));
    assert!(place("memory_mib_per_hour") < place("class=\"tiles\""));
    assert!(place("class=\"tiles\"") < place("id=\"chart-0\""));
    assert!(page.contains("data-since=\"1260\" data-chart=\"chart-3\""), "its chart is linked");
    assert!(page.contains("grows since 21:00"));
    let unchecked = vec!["left_files".to_owned()];
    let pass = SoakReport { verdict: Verdict::Pass, reasons: Vec::new(), unchecked, ..sample() };
    let page = render(&pass);
    assert!(page.contains("PASS</span>") && page.contains("nothing was seen of it: left_files"));
}

#[test]
fn a_report_of_nothing_makes_a_page_too() {
    let empty = SoakReport {
        verdict: Verdict::Void,
        phases: Vec::new(),
        personas: Vec::new(),
        series: vec![Series {
            name: "bots".into(),
            unit: String::new(),
            points: Vec::new(),
            means: Vec::new(),
        }],
        histograms: Vec::new(),
        trends: Vec::new(),
        totals: Totals::default(),
        limits: Default::default(),
        ..sample()
    };
    let page = render(&empty);
    assert!(
        page.contains("Nothing can be said")
            && !page.contains("NaN")
            && !page.contains("id=\"curves\"")
    );
}
