// In WeChat's browser, and only where the operator set it up: a shared page says its own words and shows its own picture.
// WeChat's script comes from this site, not from WeChat; whatever fails here leaves the plain link.
"use strict";
(async () => {
  const page = location.href.split("#")[0];
  const answer = await fetch(document.querySelector("[data-wechat]").getAttribute("href") + "/wechat?url=" + encodeURIComponent(page));
  if (!answer.ok) return;
  const { script, config, says } = await answer.json();
  const sdk = document.createElement("script");
  sdk.src = script;
  sdk.onload = () => {
    const wx = window.wx || window.jWeixin;
    wx.config({ debug: false, jsApiList: ["updateAppMessageShareData", "updateTimelineShareData"], ...config });
    wx.ready(() => {
      wx.updateAppMessageShareData(says);
      wx.updateTimelineShareData({ title: says.title, link: says.link, imgUrl: says.imgUrl });
    });
  };
  document.head.append(sdk);
})();
