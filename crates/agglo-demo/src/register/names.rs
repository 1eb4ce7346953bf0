//! Names for up to 3,000 regions and 1,200 industries, in both languages.

/// Beginnings and endings of the names of regions.
const PLACES: [[(&str, &str); 10]; 6] = [
    [
        ("Amber", "珀"),
        ("Salt", "盐"),
        ("Gull", "鸥"),
        ("Lantern", "灯"),
        ("Brack", "咸"),
        ("Tide", "潮"),
        ("Frost", "霜"),
        ("Pine", "松"),
        ("Cold", "寒"),
        ("Iron", "铁"),
    ],
    [
        ("Slate", "板"),
        ("North", "朔"),
        ("Mill", "磨"),
        ("Gold", "金"),
        ("Cross", "衢"),
        ("Oak", "橡"),
        ("River", "川"),
        ("Clay", "陶"),
        ("Red", "赤"),
        ("Dry", "旱"),
    ],
    [
        ("High", "高"),
        ("Copper", "铜"),
        ("Sand", "沙"),
        ("Stone", "岩"),
        ("Silver", "银"),
        ("Willow", "柳"),
        ("Heron", "鹭"),
        ("Falcon", "隼"),
        ("Maple", "枫"),
        ("Plum", "梅"),
    ],
    [
        ("Lotus", "莲"),
        ("Cedar", "杉"),
        ("Birch", "桦"),
        ("Elm", "榆"),
        ("Reed", "苇"),
        ("Wheat", "麦"),
        ("Barley", "稞"),
        ("Apple", "苹"),
        ("Pear", "梨"),
        ("Swan", "鹄"),
    ],
    [
        ("Deer", "鹿"),
        ("Wolf", "狼"),
        ("Bear", "熊"),
        ("Hare", "兔"),
        ("Otter", "獭"),
        ("Crane", "鹤"),
        ("Swift", "燕"),
        ("Wren", "鹪"),
        ("Cloud", "云"),
        ("Rain", "雨"),
    ],
    [
        ("Snow", "雪"),
        ("Wind", "风"),
        ("Star", "星"),
        ("Moon", "月"),
        ("Dawn", "晨"),
        ("Dusk", "暮"),
        ("Jade", "玉"),
        ("Pearl", "珠"),
        ("Coral", "珊"),
        ("Quartz", "璞"),
    ],
];

const ENDINGS: [[(&str, &str); 10]; 5] = [
    [
        ("haven", "湾"),
        ("mere", "泽"),
        ("port", "港"),
        ("by", "汊"),
        ("water", "浦"),
        ("fall", "瀑"),
        ("moor", "原"),
        ("wick", "镇"),
        ("spring", "泉"),
        ("fell", "岗"),
    ],
    [
        ("hill", "丘"),
        ("gate", "门"),
        ("brook", "溪"),
        ("field", "田"),
        ("way", "道"),
        ("plain", "坪"),
        ("side", "畔"),
        ("bridge", "桥"),
        ("mesa", "台"),
        ("well", "井"),
    ],
    [
        ("pass", "关"),
        ("dale", "谷"),
        ("run", "涧"),
        ("ford", "津"),
        ("ton", "庄"),
        ("ham", "村"),
        ("stead", "寨"),
        ("bury", "堡"),
        ("castle", "城"),
        ("market", "市"),
    ],
    [
        ("wood", "林"),
        ("grove", "园"),
        ("marsh", "沼"),
        ("lake", "湖"),
        ("pool", "塘"),
        ("isle", "岛"),
        ("cape", "岬"),
        ("cliff", "崖"),
        ("ridge", "岭"),
        ("peak", "峰"),
    ],
    [
        ("crest", "巅"),
        ("cove", "坞"),
        ("bank", "堤"),
        ("shore", "岸"),
        ("bend", "曲"),
        ("fork", "岔"),
        ("head", "首"),
        ("end", "尾"),
        ("rest", "驿"),
        ("hearth", "坊"),
    ],
];

/// What is worked, and what is made of it.
const MATERIALS: [[(&str, &str); 10]; 4] = [
    [
        ("Cotton", "棉"),
        ("Silk", "丝"),
        ("Wool", "毛"),
        ("Linen", "麻"),
        ("Steel", "钢"),
        ("Copper", "铜"),
        ("Aluminum", "铝"),
        ("Zinc", "锌"),
        ("Nickel", "镍"),
        ("Titanium", "钛"),
    ],
    [
        ("Glass", "玻璃"),
        ("Ceramic", "陶瓷"),
        ("Cement", "水泥"),
        ("Gypsum", "石膏"),
        ("Timber", "木"),
        ("Bamboo", "竹"),
        ("Rattan", "藤"),
        ("Paper", "纸"),
        ("Leather", "皮革"),
        ("Rubber", "橡胶"),
    ],
    [
        ("Plastic", "塑料"),
        ("Resin", "树脂"),
        ("Carbon-fiber", "碳纤维"),
        ("Silicon", "硅"),
        ("Optical", "光学"),
        ("Electric", "电气"),
        ("Electronic", "电子"),
        ("Magnetic", "磁性"),
        ("Hydraulic", "液压"),
        ("Pneumatic", "气动"),
    ],
    [
        ("Grain", "谷物"),
        ("Sugar", "糖"),
        ("Dairy", "乳"),
        ("Fruit", "果"),
        ("Tea", "茶"),
        ("Fish", "水产"),
        ("Oil-seed", "油料"),
        ("Herbal", "药材"),
        ("Salt", "盐"),
        ("Solar", "光伏"),
    ],
];

const PRODUCTS: [[(&str, &str); 10]; 3] = [
    [
        ("fittings", "配件"),
        ("containers", "容器"),
        ("sheets", "板材"),
        ("tubes", "管材"),
        ("wire", "线材"),
        ("castings", "铸件"),
        ("fabrics", "织物"),
        ("filters", "滤材"),
        ("coatings", "涂层"),
        ("tools", "工具"),
    ],
    [
        ("instruments", "仪器"),
        ("machinery", "机械"),
        ("components", "元件"),
        ("valves", "阀门"),
        ("bearings", "轴承"),
        ("gaskets", "垫片"),
        ("furniture", "家具"),
        ("toys", "玩具"),
        ("packaging", "包装"),
        ("appliances", "器具"),
    ],
    [
        ("vessels", "船用品"),
        ("vehicles", "车用品"),
        ("medical goods", "医疗用品"),
        ("sports goods", "体育用品"),
        ("building goods", "建筑用品"),
        ("kitchen goods", "厨房用品"),
        ("ornaments", "饰品"),
        ("extracts", "提取物"),
        ("powders", "粉体"),
        ("recycling", "再生品"),
    ],
];

type Pair = (&'static str, &'static str);

/// Entry `first` of one list with one of the other, so that no pair repeats before all have come.
fn pair<const A: usize, const B: usize>(
    first: &[[Pair; 10]; A],
    second: &[[Pair; 10]; B],
    number: usize,
) -> (Pair, Pair) {
    let (a, round) = (number % (10 * A), number / (10 * A));
    let b = (a + 7 * round) % (10 * B);
    (first[a / 10][a % 10], second[b / 10][b % 10])
}

/// The English and Chinese name of region `number`.
pub(super) fn region(number: usize) -> (String, String) {
    let ((en, zh), (en_end, zh_end)) = pair(&PLACES, &ENDINGS, number);
    (format!("{en}{en_end}"), format!("{zh}{zh_end}"))
}

/// The English and Chinese name of industry `number`.
pub(super) fn industry(number: usize) -> (String, String) {
    let ((en, zh), (en_end, zh_end)) = pair(&MATERIALS, &PRODUCTS, number);
    (format!("{en} {en_end}"), format!("{zh}{zh_end}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::plan::{MOST_INDUSTRIES, MOST_REGIONS};
    use super::*;

    #[test]
    fn no_two_have_the_same_name_in_either_language() {
        for (name, most) in [
            (region as fn(usize) -> (String, String), MOST_REGIONS as usize),
            (industry, MOST_INDUSTRIES as usize),
        ] {
            let (en, zh): (BTreeSet<String>, BTreeSet<String>) = (0..most).map(name).unzip();
            assert_eq!((en.len(), zh.len()), (most, most));
        }
    }
}
