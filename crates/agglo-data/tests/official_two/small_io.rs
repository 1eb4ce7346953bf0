//! Input-output tables in miniature, with numbers of our own.

use std::path::Path;

use agglo_core::{Datum, sum};
use agglo_data::{ReadSpec, Reading, read, sniff};
use agglo_testkit::scratch;
use rust_xlsxwriter::Workbook;

use super::{count, flows, note, read_all};

fn read_text(name: &str, text: &str) -> Reading {
    let folder = scratch();
    std::fs::write(folder.path().join(name), text).unwrap();
    let reading = read_all(&ReadSpec::new("io", name), folder.path());
    // What is proposed for the file reads the same cells.
    let sniff = sniff(&folder.path().join(name)).unwrap();
    assert_eq!(
        (sniff.reader.as_str(), sniff.table.as_deref()),
        (reading.reader.as_str(), Some("io"))
    );
    let again = read_all(&sniff.to_spec(), Path::new(""));
    assert_eq!(again.frame.n_rows(), reading.frame.n_rows());
    reading
}

/// Two countries with two industries: uses and inputs of `AUS_A01_02` are 100 each.
const ICIO: &str = "V1,AUS_A01_02,AUS_C10T12,CN1_A01_02,CN1_C10T12,AUS_HFCE,CN1_GFCF,OUT\n\
                    AUS_A01_02,10,20,5,15,40,10,100\n\
                    AUS_C10T12,20,60,10,30,50,30,200\n\
                    CN1_A01_02,5,10,20,5,5,5,50\n\
                    CN1_C10T12,15,10,5,30,20,70,150\n\
                    AUS_TLS,5,5,1,1,2,2,16\n\
                    CN1_TLS,5,5,1,1,2,2,16\n\
                    VA,40,90,8,68,,,206\n\
                    OUT,100,200,50,150,119,119,\n";

#[test]
fn an_oecd_table_keeps_its_labels_and_balances() {
    let reading = read_text("2018_SML.csv", ICIO);
    assert_eq!(reading.reader, "io-icio");
    // 4 × 4 flows, 8 final uses, 2 × 4 + 4 primary inputs and 4 taxes on final uses are parts.
    assert_eq!((reading.rows_read, reading.rows_totals), (16 + 8 + 12 + 4 + 13, 13));
    assert_eq!(reading.rows_filtered, 3, "the blank corner is no cell");
    for code in ["A0381", "A0382", "A0383"] {
        assert_eq!(count(&reading, code), 0, "{code}");
    }
    assert_eq!(reading.frame.integers("period").unwrap()[0], 2018);
    assert_eq!(reading.frame.keys("from_region").unwrap()[0].as_ref(), "AUS");
    assert_eq!(flows(&reading.frame, |from, to| from == "A01_02" && to == "HFCE"), 45.0);
    assert_eq!(flows(&reading.frame, |from, _| from == "VA"), 206.0);
    assert_eq!(
        note(&reading, "io-lines"),
        "final uses: GFCF, HFCE; primary inputs: TLS, VA; totals were kept apart"
    );
}

#[test]
fn a_cell_that_moved_is_found_in_its_row_and_in_its_column() {
    let folder = scratch();
    let text =
        ICIO.replace("AUS_C10T12,20,60", "AUS_C10T12,20,160").replace("OUT,100,200", "OUT,100,208");
    std::fs::write(folder.path().join("icio.csv"), text).unwrap();
    let spec = ReadSpec::new("io", "icio.csv");
    let reading = read(&spec, folder.path()).unwrap();
    let found: Vec<String> = reading.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].contains("row `AUS C10T12` all uses add up to 300, and the table says 200"));
    assert!(found[0].contains("row 3"));
    assert!(
        found[1].contains("column `AUS C10T12` all inputs add up to 300, and the table says 208")
    );
    assert!(found[2].contains("`AUS C10T12` is 200 along its row and 208 down its column"));
    assert!(!reading.has_errors());
    let strict = ReadSpec { strict: true, ..spec };
    assert!(read(&strict, folder.path()).unwrap().has_errors());
}

#[test]
fn rounding_is_no_imbalance() {
    // Whole numbers: six are added, so half a unit for each and for the total is allowed, 3.5.
    let near = ICIO.replace("50,30,200", "50,30,203").replace("OUT,100,200", "OUT,100,203");
    let reading = read_text("icio_2018.csv", &near);
    assert_eq!(count(&reading, "A0381") + count(&reading, "A0382"), 0);
    let far = ICIO.replace("50,30,200", "50,30,204").replace("OUT,100,200", "OUT,100,204");
    let folder = scratch();
    std::fs::write(folder.path().join("icio_2018.csv"), far).unwrap();
    let reading = read(&ReadSpec::new("io", "icio_2018.csv"), folder.path()).unwrap();
    assert_eq!(count(&reading, "A0381"), 1);
}

#[test]
fn wiod_as_text_has_countries_industries_and_final_uses() {
    let flows_file =
        read_text("Z_1995.csv", "\"row\",\"AUS.c1\",\"RoW.c1\"\n\"AUS.c1\",3,4\n\"RoW.c1\",5,\n");
    assert_eq!((flows_file.reader.as_str(), flows_file.rows_read), ("io-wiod", 4));
    let values = flows_file.frame.numbers("value").unwrap();
    assert_eq!(values[2], Datum::Number(5.0));
    assert!(values[3].gap().is_some(), "an empty flow is missing, not zero");
    let uses = read_text("Y_1995.csv", "row,AUS.f1,RoW.f5\nAUS.c1,7,-2\nRoW.c1,1,1\n");
    assert_eq!(sum(uses.frame.numbers("value").unwrap().iter().filter_map(|c| c.number())), 7.0);
}

const USE: &str = "row,111CA,113FF,GSLE,Total Intermediate,F010,F050,Total Final Uses (GDP),Total Commodity Output\n\
                   111CA,10,5,0,15,30,-5,25,40\n\
                   113FF,2,3,5,10,12,-2,10,20\n\
                   GSLE,1,1,3,5,20,0,20,25\n\
                   Total Intermediate,13,9,8,30,62,-7,55,85\n\
                   V001,17,6,12,35,0,0,0,0\n\
                   V003,10,5,5,20,0,0,0,0\n\
                   Total Value Added,27,11,17,0,0,0,0,55\n\
                   Total Industry Output,40,20,25,0,0,0,0,85\n";

#[test]
fn a_use_table_and_a_make_table_keep_their_totals_apart() {
    let uses = read_text("Use_2019.csv", USE);
    assert_eq!(uses.reader, "io-bea");
    assert_eq!((uses.frame.n_rows(), uses.totals.frame.n_rows()), (3 * 5 + 2 * 5, 64 - 25));
    assert_eq!(count(&uses, "A0381") + count(&uses, "A0382"), 0);
    assert_eq!(flows(&uses.frame, |from, to| from == "111CA" && to == "F050"), -5.0);
    let make = "row,111CA,113FF,GSLE,Total Industry Output\n111CA,38,2,0,40\n113FF,2,18,0,20\nGSLE,0,0,25,25\n\
                Total Commodity Output,40,20,25,85\n";
    let make = read_text("Make_2019.csv", make);
    assert_eq!((make.frame.n_rows(), make.totals.frame.n_rows()), (9, 7));
    assert_eq!(flows(&make.frame, |from, to| from == "111CA" && to == "113FF"), 2.0);
}

#[test]
fn a_competitive_table_takes_imports_off_and_another_tells_them_apart() {
    let competitive = "row,Code,Description,DescriptionInChinese,01,02,TIU,FU101,EX,IM,ERR,GO\n\
                       1,01,Farms,农业,10,20,30,50,10,15,5,80\n\
                       2,02,Coal,煤炭,5,15,20,30,20,10,0,60\n\
                       3,TII,Inputs,中间投入合计,15,35,50,80,30,25,5,140\n\
                       4,VA001,Pay,劳动者报酬,65,25,90,,,,,\n\
                       5,TVA,Added,增加值合计,65,25,90,,,,,\n\
                       6,TI,Total,总投入,80,60,140,,,,,\n";
    let reading = read_text("china_2005.csv", competitive);
    assert_eq!((reading.reader.as_str(), reading.frame.has("from_region")), ("io-china", false));
    assert_eq!(count(&reading, "A0381") + count(&reading, "A0382") + count(&reading, "A0383"), 0);
    assert_eq!(reading.rows_filtered, 15);
    let apart = "row,Code,Description,DescriptionInChinese,Origin,01,TIU,TC,EX,TFU,GO\n\
                 1,01,Farms,农业,Domestic,10,10,20,10,30,40\n\
                 2,01,Farms,农业,Imports,5,5,3,2,5,10\n\
                 3,TII,Inputs,中间投入合计,TOT,15,15,,,,\n\
                 4,VA001,Pay,劳动者报酬,TOT,25,25,,,,\n\
                 5,TI,Total,总投入,TOT,40,40,,,,\n";
    let reading = read_text("china_2017.csv", apart);
    assert_eq!(count(&reading, "A0381") + count(&reading, "A0382") + count(&reading, "A0383"), 0);
    let regions: Vec<_> = reading.frame.keys("from_region").unwrap();
    assert!(regions.iter().any(|region| region.as_ref() == "Imports"));
    // What the row of a domestic product gives is what its column gives.
    let wrong = apart
        .replace("TI,Total,总投入,TOT,40,40", "TI,Total,总投入,TOT,41.5,41.5")
        .replace("劳动者报酬,TOT,25,25", "劳动者报酬,TOT,26.5,26.5");
    let folder = scratch();
    std::fs::write(folder.path().join("china_2017.csv"), wrong).unwrap();
    let reading = read(&ReadSpec::new("io", "china_2017.csv"), folder.path()).unwrap();
    assert_eq!((count(&reading, "A0382"), count(&reading, "A0383")), (0, 1));
}

#[test]
fn pymrio_s_two_rows_of_heads_may_have_names_and_units() {
    let named = "region\t\tr1\tr1\tr2\nsector\t\tfood\tother\tfood\nregion\tsector\t\t\t\n\
                 r1\tfood\t1\t2\t3\nr1\tother\t4\t5\t6\nr2\tfood\t7\t8\t9\n";
    let named = read_text("Z.txt", named);
    assert_eq!((named.reader.as_str(), named.rows_read), ("io-pymrio", 9));
    assert_eq!(flows(&named.frame, |from, to| from == "other" && to == "food"), 10.0);
    let units = "\t\t\tr1\tr2\n\t\t\tExport\tChanges in inventories\nr1\tfood\tMill USD\t1\t2\nr2\tfood\tMill USD\t3\t4\n";
    let units = read_text("Y.txt", units);
    assert_eq!(units.frame.column("value").unwrap().unit(), "Mill USD");
    assert!(note(&units, "io-lines").contains("Export"));
    let factors = "\t\tr1\tr2\n\t\tfood\tfood\nValue Added\tMill USD\t1\t2\n";
    let factors = read_text("F.txt", factors);
    assert_eq!((factors.rows_read, factors.frame.has("from_region")), (2, false));
}

#[test]
fn a_long_table_of_finland_keeps_its_totals_apart() {
    let long =
        "REG;COM;IND;value\nUusimaa;01 A;01 A;1.5\nUusimaa;01 A;SUM;1.5\nUusimaa;SUM;01 A;1.5\n";
    let long = read_text("io_reg2014.csv", long);
    assert_eq!((long.reader.as_str(), long.rows_read, long.rows_totals), ("io-long", 3, 2));
    assert_eq!(long.frame.keys("to_region").unwrap()[0].as_ref(), "Uusimaa");
}

#[test]
fn a_brazilian_workbook_gives_one_part_a_sheet() {
    let folder = scratch();
    let mut book = Workbook::new();
    let sheets: [(&str, &[&[&str]]); 3] = [
        (
            "CI",
            &[
                &["Tabela 2 - Usos de bens e serviços - 2015"],
                &[],
                &[
                    "Código\ndo\nproduto",
                    "Descrição do produto",
                    "Consumo intermediário das atividades",
                ],
                &["", "", "0191\nAgricultura", "0192\nPecuária", "Total\ndo produto"],
                &[],
                &["01911", "Arroz", "3", "4", "7"],
                &["01912", "Milho", "1", "2", "3"],
                &["", "", "0", "0", "0"],
                &["Total", "", "4", "6", "10"],
                &["Fonte: IBGE."],
            ],
        ),
        (
            "demanda",
            &[
                &["Tabela 2 - Usos de bens e serviços - 2015"],
                &["Código\ndo\nproduto", "Descrição do produto", "Demanda final"],
                &[
                    "",
                    "",
                    "Exportação\nde bens",
                    "Variação\nde estoque",
                    "Demanda\nfinal",
                    "Demanda\ntotal",
                ],
                &["01911", "Arroz", "5", "-1", "4", "11"],
            ],
        ),
        (
            "VA",
            &[
                &["Tabela 2 - Usos de bens e serviços - 2015"],
                &["Operações", "Componentes do valor adicionado"],
                &["", "0191\nAgricultura", "Total\ndo produto"],
                &["Valor adicionado bruto ( PIB )", "9", "9"],
                &["Remunerações", "6", "6"],
                &["   Salários", "6", "6"],
                &["Outros impostos sobre a produção", "3", "3"],
                &["Fator trabalho (ocupações)", "120", "120"],
            ],
        ),
    ];
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                // Codes of products are text in these files, flows are numbers.
                match cell.parse::<f64>() {
                    Ok(number) if column > 0 => {
                        sheet.write(row as u32, column as u16, number).unwrap()
                    }
                    _ => sheet.write(row as u32, column as u16, *cell).unwrap(),
                };
            }
        }
    }
    book.save(folder.path().join("tab2_2015.xlsx")).unwrap();
    let spec = ReadSpec::new("io", "tab2_2015.xlsx");
    let uses = read_all(&spec, folder.path());
    assert_eq!(uses.reader, "io-ibge");
    assert_eq!((uses.frame.n_rows(), uses.totals.frame.n_rows(), uses.rows_filtered), (4, 5, 3));
    assert_eq!(uses.rows_notes, 2);
    assert_eq!(count(&uses, "A0381") + count(&uses, "A0382"), 0);
    let sheet = |name: &str| {
        read_all(&ReadSpec { sheet: Some(name.to_owned()), ..spec.clone() }, folder.path())
    };
    let finals = sheet("demanda");
    assert_eq!((finals.frame.n_rows(), finals.totals.frame.n_rows()), (2, 2));
    let added = sheet("VA");
    assert_eq!(flows(&added.frame, |_, _| true), 9.0, "persons are no money and sums no parts");
}
