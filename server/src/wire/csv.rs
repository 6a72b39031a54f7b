//! CSV as RFC 4180 has it, for spreadsheets that must not run what visitors wrote.

/// What a spreadsheet takes for the beginning of a formula; Japanese ones take the wide letters too.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// After what a spreadsheet may begin a new cell: one that is set to another separator than the comma does not see that a
/// field is quoted.
const SEPARATORS: [char; 4] = [';', '\t', '\r', '\n'];

/// One line with its end.
pub fn line<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let fields: Vec<String> = fields.into_iter().map(field).collect();
    format!("{}\r\n", fields.join(","))
}

/// A field. Formulas are disarmed by an apostrophe, which spreadsheets take for "this is text".
fn field(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 2);
    let mut is_start = true;
    for letter in text.chars() {
        if is_start && FORMULA.contains(&letter) {
            safe.push('\'');
        }
        safe.push(letter);
        is_start = SEPARATORS.contains(&letter) || (is_start && letter.is_whitespace());
    }
    if safe.len() == text.len() && !text.contains([',', '"']) && !text.contains(SEPARATORS) {
        return safe;
    }
    format!("\"{}\"", safe.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn quotes_commas_and_ends_of_lines_stay_in_their_field() {
        assert_eq!(line(["a", "", "b c", "ü"]), "a,,b c,ü\r\n");
        assert_eq!(line(["a,b", "say \"x\"", "1\n2", "1\r\n2"]), "\"a,b\",\"say \"\"x\"\"\",\"1\n2\",\"1\r\n2\"\r\n");
    }

    #[test]
    fn f1_a_formula_is_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠SUM(A1)"] {
            for before in ["", " ", "\t", "\r", "\n", "\u{a0} "] {
                assert_eq!(line([format!("{before}{formula}").as_str()]), format!("\"{before}'{formula}\"\r\n"));
            }
        }
        assert_eq!(line(["=HYPERLINK(\"x\")"]), "\"'=HYPERLINK(\"\"x\"\")\"\r\n");
        assert_eq!(line(["1=1", "a-b"]), "1=1,a-b\r\n");
    }
    /// Where the comma is for decimals a spreadsheet splits at the semicolon, inside of our quotes too, and where lines end.
    #[test]
    fn f1_a_formula_behind_another_separator_is_text() {
        for separator in [";", "; ", "\t", "\n", "\r\n", ";;"] {
            assert_eq!(line([format!("a{separator}=1").as_str()]), format!("\"a{separator}'=1\"\r\n"));
        }
        assert_eq!(line(["a;b", "a =1"]), "\"a;b\",a =1\r\n");
    }
}
