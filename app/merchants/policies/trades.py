"""The trades a town starts with, and which of a map's tags are a trade."""

from __future__ import annotations

from collections.abc import Mapping

FIRST_CATEGORIES: tuple[tuple[str, str, str, str], ...] = (
    ("food", "餐馆小吃", "Food and meals", "restaurant"),
    ("breakfast", "早点面馆", "Breakfast and noodles", "breakfast"),
    ("bakery", "面包糕点", "Bakeries", "bakery"),
    ("cafe", "咖啡茶饮", "Coffee and tea", "cafe"),
    ("grocery", "超市便利", "Groceries", "grocery"),
    ("market", "菜市生鲜", "Markets and fresh food", "greengrocer"),
    ("repair", "维修上门", "Repairs", "repair"),
    ("beauty", "理发美容", "Hair and beauty", "hairdresser"),
    ("laundry", "洗衣裁缝", "Laundry and tailors", "laundry"),
    ("health", "医药健康", "Health", "pharmacy"),
    ("learning", "教育托管", "Lessons and care", "tutoring"),
    ("books", "书店文印", "Books and prints", "bookshop"),
    ("flowers", "鲜花礼品", "Flowers and gifts", "flowers"),
    ("pets", "宠物", "Pets", "pet"),
    ("wheels", "修车骑行", "Cycles and cars", "bicycle"),
    ("home", "家居百货", "Home and household", "housekeeping"),
    ("clothes", "服装鞋包", "Clothes", "clothes"),
    ("sport", "运动健身", "Sport", "sport"),
    ("leisure", "休闲娱乐", "Leisure", "leisure"),
    ("stay", "住宿", "Places to stay", "stay"),
    ("counter", "银行邮政", "Banks and post", "counter"),
    ("other", "其他服务", "Other services", "shop"),
)

_SHOP: Mapping[str, str] = {
    "bakery": "bakery", "pastry": "bakery", "confectionery": "bakery", "coffee": "cafe",
    "tea": "cafe", "beverages": "grocery", "supermarket": "grocery", "convenience": "grocery",
    "kiosk": "grocery", "general": "grocery", "alcohol": "grocery", "tobacco": "grocery",
    "department_store": "home", "mall": "home", "variety_store": "home", "greengrocer": "market",
    "butcher": "market", "seafood": "market", "farm": "market", "deli": "market",
    "dairy": "market", "cheese": "market", "hairdresser": "beauty", "beauty": "beauty",
    "massage": "beauty", "cosmetics": "beauty", "tattoo": "beauty", "perfumery": "beauty",
    "laundry": "laundry", "dry_cleaning": "laundry", "tailor": "laundry", "sewing": "laundry",
    "chemist": "health", "optician": "health", "medical_supply": "health",
    "hearing_aids": "health", "herbalist": "health", "books": "books", "stationery": "books",
    "copyshop": "books", "newsagent": "books", "photo": "books", "florist": "flowers",
    "gift": "flowers", "toys": "flowers", "jewelry": "flowers", "art": "flowers", "pet": "pets",
    "pet_grooming": "pets", "bicycle": "wheels", "car": "wheels", "car_repair": "wheels",
    "car_parts": "wheels", "tyres": "wheels", "motorcycle": "wheels",
    "motorcycle_repair": "wheels", "electric_bicycle": "wheels", "clothes": "clothes",
    "shoes": "clothes", "bag": "clothes", "boutique": "clothes", "fabric": "clothes",
    "sports": "sport", "outdoor": "sport", "furniture": "home", "hardware": "home",
    "doityourself": "home", "houseware": "home", "electronics": "home", "appliance": "home",
    "computer": "home", "mobile_phone": "home", "paint": "home", "lighting": "home",
    "lottery": "leisure", "travel_agency": "other",
}  # fmt: skip
_AMENITY: Mapping[str, str] = {
    "restaurant": "food", "fast_food": "food", "food_court": "food", "biergarten": "food",
    "cafe": "cafe", "ice_cream": "cafe", "bar": "leisure", "pub": "leisure",
    "nightclub": "leisure", "karaoke_box": "leisure", "internet_cafe": "leisure",
    "cinema": "leisure", "theatre": "leisure", "gambling": "leisure", "public_bath": "beauty",
    "spa": "beauty", "studio": "other", "marketplace": "market", "pharmacy": "health",
    "clinic": "health", "hospital": "health", "doctors": "health", "dentist": "health",
    "veterinary": "pets", "animal_boarding": "pets", "kindergarten": "learning",
    "childcare": "learning", "driving_school": "learning", "language_school": "learning",
    "music_school": "learning", "dancing_school": "learning", "prep_school": "learning",
    "training": "learning", "bank": "counter", "post_office": "counter",
    "bureau_de_change": "counter", "money_transfer": "counter", "payment_centre": "counter",
    "post_box": "counter", "parcel_locker": "counter", "fuel": "wheels",
    "charging_station": "wheels", "car_wash": "wheels", "car_rental": "wheels",
    "bicycle_rental": "wheels", "vehicle_inspection": "wheels", "coworking_space": "other",
    "events_venue": "leisure",
}  # fmt: skip
_LEISURE: Mapping[str, str] = {
    "fitness_centre": "sport", "sports_centre": "sport", "sports_hall": "sport", "dance": "sport",
    "bowling_alley": "leisure", "escape_game": "leisure", "amusement_arcade": "leisure",
    "adult_gaming_centre": "leisure", "hackerspace": "leisure", "trampoline_park": "leisure",
    "water_park": "leisure", "ice_rink": "sport", "horse_riding": "sport", "golf_course": "sport",
    "miniature_golf": "leisure", "tanning_salon": "beauty", "sauna": "beauty",
}  # fmt: skip
_TOURISM: Mapping[str, str] = {
    "hotel": "stay", "motel": "stay", "hostel": "stay", "guest_house": "stay",
    "apartment": "stay", "chalet": "stay", "camp_site": "stay",
}  # fmt: skip
_CRAFT: Mapping[str, str] = {
    "tailor": "laundry", "dressmaker": "laundry", "shoemaker": "laundry", "bakery": "bakery",
    "confectionery": "bakery", "caterer": "food", "photographer": "books", "printer": "books",
    "plumber": "repair", "electrician": "repair", "carpenter": "repair", "locksmith": "repair",
    "hvac": "repair", "key_cutter": "repair", "electronics_repair": "repair", "painter": "repair",
    "gardener": "repair", "optician": "health", "jeweller": "flowers",
}  # fmt: skip
_NO_OFFICE = {"government", "research", "diplomatic", "political_party", "religion", "ngo"}
_TABLES: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("shop", _SHOP, "other"),
    ("craft", _CRAFT, "repair"),
    ("amenity", _AMENITY, ""),
    ("healthcare", {"pharmacy": "health"}, "health"),
    ("leisure", _LEISURE, ""),
    ("tourism", _TOURISM, ""),
    ("office", {}, "other"),
)
_NO_SHOP = {"no", "vacant"}
_NO_CARE = {"blood_donation", "sample_collection"}


def trade_of_tags(tags: Mapping[str, str]) -> str:
    """Return the trade (a category's short name) that a map's tags tell of, or an empty text."""
    for key, table, otherwise in _TABLES:
        value = tags.get(key, "").split(";")[0].strip()
        if not value or value in _NO_SHOP:
            continue
        if (key == "office" and value in _NO_OFFICE) or (key == "healthcare" and value in _NO_CARE):
            continue
        found = table.get(value, otherwise)
        if found:
            return found
    return ""


def tells_of(tags: Mapping[str, str]) -> str:
    """Return the tag that best says what a thing on a map is, for the list of what was left out."""
    for key in (
        "amenity", "shop", "leisure", "tourism", "office", "healthcare", "public_transport",
        "highway", "railway", "building", "landuse", "natural", "waterway", "barrier", "boundary",
        "place", "type",
    ):  # fmt: skip
        if tags.get(key):
            return f"{key}={tags[key]}"
    key = next((key for key in tags if not key.startswith("name")), "")
    return f"{key}={tags[key]}" if key else ""
