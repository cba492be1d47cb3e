// The developer document's own calls, as they stand there but for the key.
#include "chat247.hpp"

#include <functional>
#include <sstream>
#include <vector>

namespace {

std::string setting(const char* name) {
    const char* value = std::getenv(name);
    if (!value) throw std::runtime_error(std::string(name) + " is not set");
    return value;
}

void check(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what);
}

std::string printed(const nlohmann::json& value) {
    std::ostringstream out;
    out << value << std::endl;
    return out.str();
}

Chat247Error refused(const std::function<void()>& call) {
    try {
        call();
    } catch (const Chat247Error& error) {
        return error;
    }
    throw std::runtime_error("the call was not refused");
}

const std::string YOUR_API_KEY = setting("SITE_API_KEY");
const std::string REFUSING = setting("REFUSING_URL");

void quickstart() {
    Chat247 client(YOUR_API_KEY);
    auto site = client.getSite();
    check(printed(site["displayName"]) == "\"Acme Support\"\n", "displayName");
    check(site["enabled"] == true, "enabled");
    check(site["domain"].is_string(), "domain");
}

void update() {
    Chat247 client(YOUR_API_KEY);
    auto updated = client.updateSite(R"({
  "greetingText": "Welcome back!",
  "brandColor": "#4338ca"
})");
    check(updated["greetingText"] == "Welcome back!", "greetingText");
    check(updated["primaryColor"] == "#4338ca", "primaryColor");
    const nlohmann::json fields = {{"greetingText", "Hi there!"}};
    check(client.updateSite(fields)["greetingText"] == "Hi there!", "parsed fields");
    check(client.updateSite(fields.dump())["greetingText"] == "Hi there!", "fields as a string");
}

void embed() {
    Chat247 client(YOUR_API_KEY);
    auto site = client.getSite();
    auto embed = client.getEmbed();
    const std::string snippet = embed["snippet"];
    const std::string tail = "/widget.js\" data-site=\"" + site["id"].get<std::string>() + "\" async></script>";
    check(snippet.rfind("<script src=\"http://", 0) == 0, snippet);
    check(snippet.size() > tail.size() && snippet.substr(snippet.size() - tail.size()) == tail, snippet);
}

void chat() {
    Chat247 client(YOUR_API_KEY);
    auto res = client.chat("What are your hours?");
    check(res["reply"] == "We're open Monday to Friday, 9am to 5pm.", printed(res));
    auto res2 = client.chat("And on weekends?", res["conversationId"]);
    check(!res2["reply"].get<std::string>().empty(), "reply");
    check(res2["conversationId"] == res["conversationId"], "conversationId");
}

void refusalsAreTyped() {
    const Chat247Error nobody = refused([] { Chat247(std::string(32, '0')).getSite(); });
    check(nobody.status() == 401 && nobody.code() == "invalid_api_key", nobody.what());
    check(nobody.what() == std::string("The X-API-Key header is missing or invalid."), nobody.what());
    Chat247 client(YOUR_API_KEY);
    check(refused([&] { client.updateSite(R"({"brandColor": "red"})"); }).code() == "validation_failed", "value");
    check(refused([&] { client.updateSite(R"({"colour": "#fff"})"); }).code() == "unknown_field", "unknown");
    check(refused([&] { client.updateSite("not json"); }).code() == "invalid_json", "text");
    const Chat247Error plan = refused([&] { client.updateSite(R"({"plan": "pro"})"); });
    check(plan.status() == 403 && plan.code() == "forbidden_field", plan.what());
}

void tooManyRequestsAreSentAgainAsTold() {
    Chat247 client("twice.cpp", REFUSING + "/");
    const nlohmann::json seen = client.chat("Hello");
    check(seen["tries"] == 3 && seen["names"] == 1, printed(seen));
}

void aLongWaitIsLeftToTheCaller() {
    const Chat247Error later = refused([] { Chat247("later.cpp", REFUSING).getSite(); });
    check(later.status() == 429 && later.code() == "rate_limited", later.what());
    check(later.retryAfter() == 3600.0, "retryAfter");
    check(later.what() == std::string("Try 1."), later.what());
}

void after503OnlyWhatIsSafeIsSentAgain() {
    check(Chat247("down.get.cpp", REFUSING).getSite()["tries"] == 2, "tries");
    const Chat247Error post = refused([] { Chat247("down.post.cpp", REFUSING).chat("Hello"); });
    check(post.status() == 503 && post.code() == "storage_unavailable", post.what());
}

void whatIsNotTheServersOwnAnswer() {
    const Chat247Error garbage = refused([] { Chat247("garbage.cpp", REFUSING).getSite(); });
    check(garbage.status() == 502 && garbage.code().empty(), garbage.what());
    const Chat247Error nowhere = refused([] { Chat247("x", "http://127.0.0.1:9").chat("Hello"); });
    check(nowhere.status() == 0, nowhere.what());
}

void aTextThatIsNotUtf8IsRefused() {
    const Chat247Error error = refused([] { Chat247("x", "http://127.0.0.1:9").chat("caf\xe9"); });
    check(error.status() == 0 && std::string(error.what()).find("UTF-8") != std::string::npos, error.what());
}

}  // namespace

int main() {
    const std::vector<std::pair<const char*, void (*)()>> tests = {
        {"quickstart", quickstart},
        {"update", update},
        {"embed", embed},
        {"chat", chat},
        {"refusals are typed", refusalsAreTyped},
        {"too many requests are sent again as told", tooManyRequestsAreSentAgainAsTold},
        {"a long wait is left to the caller", aLongWaitIsLeftToTheCaller},
        {"after 503 only what is safe is sent again", after503OnlyWhatIsSafeIsSentAgain},
        {"what is not the server's own answer", whatIsNotTheServersOwnAnswer},
        {"a text that is not UTF-8 is refused", aTextThatIsNotUtf8IsRefused},
    };
    int failed = 0;
    for (const auto& [name, test] : tests) {
        try {
            test();
        } catch (const std::exception& error) {
            std::cout << "failed: " << name << ": " << error.what() << std::endl;
            ++failed;
        }
    }
    std::cout << tests.size() - static_cast<std::size_t>(failed) << " passed" << std::endl;
    return failed == 0 ? 0 : 1;
}
