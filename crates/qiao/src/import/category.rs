//! Qiao's categories of merchants, and what the words of OpenStreetMap and of Chinese listing
//! platforms mean in them. It maps words alone: never a name, and a word it does not know is `other`.

use super::check::is_han;

/// A category: its slug and the industry that it belongs to.
pub type Category = (&'static str, &'static str);

/// What is not known to be any of the others.
pub const OTHER: &str = "other";

/// Every category, by industry.
pub const CATEGORIES: &[Category] = &[
    ("restaurant", "catering"),
    ("hot_pot", "catering"),
    ("barbecue", "catering"),
    ("buffet", "catering"),
    ("seafood", "catering"),
    ("japanese_food", "catering"),
    ("korean_food", "catering"),
    ("western_food", "catering"),
    ("southeast_asian_food", "catering"),
    ("fast_food", "catering"),
    ("snacks", "catering"),
    ("cafe", "catering"),
    ("tea_drinks", "catering"),
    ("dessert", "catering"),
    ("bakery", "catering"),
    ("bar", "catering"),
    ("supermarket", "retail"),
    ("convenience", "retail"),
    ("market", "retail"),
    ("shopping", "retail"),
    ("hotel", "travel"),
    ("attraction", "travel"),
    ("cinema", "shows"),
    ("theatre", "shows"),
    ("ktv", "leisure"),
    ("bath", "leisure"),
    ("leisure", "leisure"),
    ("beauty", "beauty and fitness"),
    ("massage", "beauty and fitness"),
    ("fitness", "beauty and fitness"),
    ("pharmacy", "health"),
    ("clinic", "health"),
    ("car_service", "cars"),
    ("car_rental", "cars"),
    ("fuel", "cars"),
    ("ride_hailing", "ride hailing"),
    ("home_service", "home service"),
    ("laundry", "home service"),
    ("repair", "home service"),
    ("pet_service", "home service"),
    ("education", "education"),
    ("photography", "photography"),
    ("property", "property"),
    (OTHER, "other"),
];

/// The keys of OpenStreetMap that say what sort of merchant something is, the strongest first.
pub const OSM_KEYS: [&str; 8] = [
    "amenity",
    "shop",
    "tourism",
    "leisure",
    "craft",
    "healthcare",
    "office",
    "sport",
];

/// The category of an OpenStreetMap tag. Any `shop` is at least `shopping`.
pub fn of_osm_tag(key: &str, value: &str) -> &'static str {
    match of_label(value) {
        OTHER if key == "shop" && !matches!(value, "" | "no" | "vacant") => "shopping",
        known => known,
    }
}

/// The category of a word without its key: an own slug, a value of OpenStreetMap (of several,
/// `bar;restaurant`, the first known one) or a Chinese label.
pub fn of_label(label: &str) -> &'static str {
    let label = label.trim().to_lowercase();
    let words = label.split(';').map(|word| word.trim().replace([' ', '-'], "_"));
    let known = words
        .into_iter()
        .map(|word| of_word(&word))
        .find(|slug| *slug != OTHER);
    let chinese = || label.chars().any(is_han).then(|| of_chinese(&label))?;
    known.or_else(chinese).unwrap_or(OTHER)
}

fn of_word(word: &str) -> &'static str {
    let own = CATEGORIES.iter().find(|(slug, _)| *slug == word);
    own.map_or_else(|| of_osm_value(word), |(slug, _)| slug)
}

/// Values of `amenity`, `shop`, `tourism`, `leisure`, `craft`, `healthcare`, `office` and `sport`.
#[rustfmt::skip]
fn of_osm_value(value: &str) -> &'static str {
    match value {
        "food_court" | "deli" | "delicatessen" | "catering" | "caterer" => "restaurant",
        "bbq_restaurant" => "barbecue",
        "food_cart" | "street_vendor" => "snacks",
        "coffee" | "coffee_shop" => "cafe",
        "tea" | "bubble_tea" | "juice_bar" => "tea_drinks",
        "ice_cream" | "confectionery" | "pastry" | "chocolate" => "dessert",
        "pub" | "biergarten" | "nightclub" | "wine_bar" | "brewery" | "winery" | "club" => "bar",
        "grocery" | "greengrocer" | "department_store" => "supermarket",
        "marketplace" | "wholesale" => "market",
        "mall" | "clothes" | "shoes" | "jewelry" | "gift" | "books" | "florist" | "electronics" | "furniture"
        | "alcohol" | "optician" | "sports" | "toys" | "cosmetics" | "hardware" | "second_hand" | "retail"
        | "shop" | "clothing_store" | "houseware" | "mobile_phone" | "variety_store" | "stationery" => "shopping",
        "hostel" | "motel" | "guest_house" | "apartment" | "chalet" => "hotel",
        "museum" | "gallery" | "zoo" | "aquarium" | "theme_park" | "viewpoint" | "planetarium" => "attraction",
        "arts_centre" | "music_venue" | "events_venue" | "concert_hall" => "theatre",
        "karaoke_box" | "karaoke" => "ktv",
        "public_bath" | "sauna" | "hot_spring" => "bath",
        "bowling_alley" | "amusement_arcade" | "escape_game" | "water_park" | "miniature_golf" | "laser_tag"
        | "internet_cafe" | "adult_gaming_centre" | "trampoline_park" => "leisure",
        "hairdresser" | "nail_salon" | "nail" | "salon" | "tanning_salon" | "tattoo" => "beauty",
        "spa" => "massage",
        "gym" | "fitness_centre" | "fitness_center" | "sports_centre" | "swimming_pool" | "dojo" | "martial_arts"
        | "yoga" | "yoga_studio" | "health_club" | "exercise_facility" | "personal_training" => "fitness",
        "chemist" => "pharmacy",
        "doctors" | "doctor" | "dentist" | "dental" | "hospital" | "urgent_care" | "optometrist" | "physiotherapist"
        | "chiropractic" | "laboratory" => "clinic",
        "car_wash" | "car_repair" | "car" | "car_parts" | "tyres" | "vehicle_inspection" => "car_service",
        "car_sharing" => "car_rental",
        "charging_station" => "fuel",
        "taxi" => "ride_hailing",
        "plumber" | "electrician" | "carpenter" | "gardener" | "cleaning" | "pest_control" | "locksmith"
        | "moving_company" => "home_service",
        "dry_cleaning" | "dry_cleaner" | "dry_cleaners" => "laundry",
        "shoe_repair" | "shoemaker" | "tailor" | "watchmaker" | "electronics_repair" | "bicycle" => "repair",
        "veterinary" | "pet" | "pet_grooming" | "animal_boarding" | "animal_hospital" | "pets" => "pet_service",
        "driving_school" | "language_school" | "music_school" | "dancing_school" | "prep_school" | "tutor"
        | "educational_institution" | "trade_school" => "education",
        "photo" | "photographer" | "photo_studio" => "photography",
        "estate_agent" | "property_management" => "property",
        _ => OTHER,
    }
}

/// The first fragment that a Chinese label contains decides, so the narrow ones stand first. Some
/// files cut labels to their last characters (啡厅 of 咖啡厅): a fragment is as short as it can be
/// while it still means one thing. 料理 alone, which may be Japanese or Korean, is a restaurant.
#[rustfmt::skip]
const CHINESE: &[(&str, &[&str])] = &[
    ("car_service", &["洗车", "汽车"]),
    ("hot_pot", &["火锅", "打边炉", "串串", "冒菜", "羊蝎子", "椰子鸡", "猪肚鸡"]),
    ("buffet", &["助餐", "自助"]),
    ("barbecue", &["烧烤", "烤肉", "烤串", "烤鱼", "烤翅", "烤羊"]),
    ("bakery", &["面包", "烘焙", "蛋糕"]),
    ("dessert", &["冰淇淋", "冰品", "甜品", "甜点", "酸奶", "午茶"]),
    ("cafe", &["咖啡", "啡厅"]),
    ("tea_drinks", &["茶饮", "奶茶", "果汁", "饮品", "饮料", "茶馆"]),
    ("bar", &["酒吧", "清吧"]),
    ("ktv", &["ktv", "唱歌"]),
    ("bath", &["洗浴", "汤泉", "温泉"]),
    ("massage", &["按摩", "足疗", "足浴", "spa"]),
    ("beauty", &["美甲", "美发", "美容", "养发", "美睫", "丽人"]),
    ("fitness", &["健身", "瑜伽", "游泳"]),
    ("cinema", &["电影", "影院", "影城"]),
    ("theatre", &["剧院", "剧场", "演出"]),
    ("leisure", &["儿童乐园", "手工坊", "密室", "桌游", "剧本", "网吧", "游乐"]),
    ("hotel", &["酒店", "宾馆", "民宿", "旅馆"]),
    ("attraction", &["景点", "风光", "博物馆", "科技馆", "休闲街区", "动物园"]),
    ("pharmacy", &["药店", "药房"]),
    ("clinic", &["医院", "诊所", "口腔", "体检", "齿科"]),
    ("pet_service", &["宠物"]),
    ("fuel", &["加油", "充电站"]),
    ("laundry", &["洗衣"]),
    ("home_service", &["家政", "搬家", "保洁", "装修"]),
    ("repair", &["维修"]),
    ("education", &["培训", "驾校", "教育"]),
    ("photography", &["摄影"]),
    ("property", &["房产", "租房"]),
    ("convenience", &["便利"]),
    ("supermarket", &["超市", "生鲜", "水果"]),
    ("market", &["集市", "夜市", "批发"]),
    ("shopping", &["商场", "购物", "服饰", "服装", "数码", "花店", "书店", "特产", "礼品", "烟酒", "零食", "干果", "熟食"]),
    ("japanese_food", &["日本", "日式", "寿司", "寿喜", "本菜"]),
    ("korean_food", &["韩"]),
    ("southeast_asian_food", &["泰国", "东南亚", "南亚", "亚菜", "越南", "新加坡", "南洋"]),
    ("western_food", &["西餐", "西式正餐", "牛排", "比萨", "披萨", "意大利", "法国", "俄罗斯", "西班牙", "英国", "葡国"]),
    ("seafood", &["海鲜", "蟹", "龙虾", "大闸", "燕翅鲍"]),
    ("fast_food", &["快餐", "简餐", "汉堡", "炸鸡"]),
    ("snacks", &["小吃", "面馆", "粉面", "米粉", "饺子", "馄饨", "包子", "凉皮"]),
    ("restaurant", &["菜", "餐", "料理", "美食", "烤鸭", "素食", "茶点", "食府", "锅", "芋儿鸡"]),
];

fn of_chinese(label: &str) -> Option<&'static str> {
    let found = CHINESE
        .iter()
        .find(|(_, fragments)| fragments.iter().any(|part| label.contains(part)));
    found.map(|(slug, _)| *slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mapped_word_is_a_category() {
        let is_known = |slug: &str| CATEGORIES.iter().any(|(known, _)| *known == slug);
        assert!(CHINESE.iter().all(|(slug, _)| is_known(slug)));
        for value in [
            "deli",
            "tea",
            "pub",
            "gym",
            "dentist",
            "taxi",
            "estate_agent",
            "museum",
            "photo",
        ] {
            assert!(
                is_known(of_osm_value(value)) && of_osm_value(value) != OTHER,
                "{value}"
            );
        }
    }

    #[test]
    fn words_of_all_three_kinds_are_understood() {
        for (label, slug) in [
            ("hot_pot", "hot_pot"),
            ("Restaurant", "restaurant"),
            ("ice cream", "dessert"),
            ("place_of_worship;bar", "bar"),
            ("咖啡厅", "cafe"),
            ("啡厅", "cafe"),
            ("日式烧烤/烤肉", "barbecue"),
            ("海鲜火锅", "hot_pot"),
            ("四川火锅", "hot_pot"),
            ("茶餐厅", "restaurant"),
            ("料理", "restaurant"),
            ("韩国料理", "korean_food"),
            ("SPA美体", "massage"),
            ("公司企业", "other"),
            ("KTV", "ktv"),
            ("parking_space", "other"),
            ("bench", "other"),
            ("", "other"),
        ] {
            assert_eq!(of_label(label), slug, "{label}");
        }
        assert_eq!(of_osm_tag("shop", "bakery"), "bakery");
        assert_eq!(of_osm_tag("shop", "candles"), "shopping");
        assert_eq!(of_osm_tag("amenity", "candles"), "other");
        assert_eq!(of_osm_tag("shop", "vacant"), "other");
    }
}
