"""Letters that stand for other letters: look-alikes, digits for letters, traditional for simplified Han."""

from __future__ import annotations


def _pairs(table: str) -> dict[int, str]:
    """ "аa еe" -> {ord("а"): "a", …}: the first character of each word stands for the rest of it."""
    return {ord(word[0]): word[1:] for word in table.split()}


# Letters without a Unicode decomposition that people write for a plain Latin letter.
PLAIN = _pairs("ßss æae œoe øo đd ðd ħh ıi ĳij łl ŀl ŋn ŧt þth ƒf ɓb ɗd ƙk ƴy ʼ' ʻ' ‘' ’' ‛' ′' ´' `' ＇' ʹ' ՚' ꞌ'")

# Look-alikes of Latin letters, after case folding (Cyrillic, Greek, Armenian, small capitals, IPA …).
TO_LATIN = _pairs(
    "аa вb сc ԁd еe ёe ғf ԍg һh нh іi їi јj кk ӏl лl мm пn оo рp ԛq гr ѕs тt уy ўy ѵv ԝw шw щw хx ҳx "
    "зz иn йn αa βb ςc δd εe ϝf ηn ιi κk λl μm νv οo θo ρp πn σo τt υu ωw χx γy ζz ϲc ϳj աw գq եt հh "
    "ոn սu օo ցg զq յj ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ǫq ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ɑa "
    "ɒa ɐa ɔc ɘe ǝe əe ɛe ɜe ɡg ɥh ɨi ɩi ɟj ʞk ɭl ɯm ɲn ɵo ɹr ɾr ʁr ʃs ʇt ʈt ʉu ʊu ʋv ʌv ʍw ʎy ʐz ʒz "
    "ꭓx ɼr ѐe ѝn ӕae ԃd ҽe өo ӿx ҫc ҟk қk ҝk ԟk ңh ҩo ҭt ұy үy ѡw ʂs"
)

# The other way round, for a Cyrillic word with Latin letters in it.
TO_CYRILLIC = _pairs("aа bв cс dд eе gг hн iі jј kк lл mм nп oо pр rг sѕ tт uу vв wш xх yу")

# Digits and signs written for Latin letters inside a word. "1" and "|" are read twice, as i and as l.
LEET = _pairs("0o 3e 4a 5s 6g 7t 8b 9g @a $s €e £l +t ¢c (c !i ¡i §s ©c ®r ¥y")
ONE_AS = ({ord("1"): "i", ord("|"): "i"}, {ord("1"): "l", ord("|"): "l"})

# Arabic-script letters written for one another across keyboards and languages; Indic signs likewise.
SAME = _pairs("ںن ىي یي ېي ےي ۓي ئي ةه ۀه ہه ھه ۂه ەه ةه ۃه كك کك ڪك ٱا آا أا إا ؤو ۆو ۋو ڤف پپ ੰਂ ँं ঁং ਁਂ")

# Traditional Han characters with the simplified one that the patterns are written in: only characters that
# matter here, so that one pattern serves both ways of writing.
HAN = _pairs(
    "殺杀 藥药 個个 們们 來来 愛爱 離离 開开 關关 門门 樓楼 邊边 車车 鐵铁 橋桥 頭头 體体 難难 過过 "
    "這这 還还 沒没 無无 為为 與与 對对 會会 說说 話话 請请 讓让 誰谁 講讲 識识 認认 許许 證证 護护 "
    "錢钱 銀银 鎖锁 鐘钟 錯错 點点 麼么 後后 從从 時时 間间 現现 實实 見见 覺觉 親亲 爺爷 媽妈 婦妇 "
    "嬰婴 孫孙 學学 兒儿 歲岁 歷历 傷伤 價价 億亿 優优 償偿 傳传 債债 僅仅 偵侦 側侧 備备 產产 發发 "
    "髮发 變变 讀读 貧贫 買买 賣卖 費费 賴赖 趕赶 蹤踪 躍跃 輕轻 轉转 辦办 農农 連连 進进 運运 遠远 "
    "違违 適适 選选 遺遗 邏逻 醫医 釋释 鉛铅 鋼钢 錄录 鍵键 鏈链 長长 閉闭 問问 聞闻 陰阴 陽阳 隊队 "
    "階阶 際际 隨随 隱隐 雙双 雖虽 電电 響响 頂顶 順顺 預预 頓顿 願愿 類类 顧顾 風风 飛飞 飯饭 飲饮 "
    "餓饿 馬马 騙骗 驗验 驚惊 鬆松 鬧闹 鬥斗 鬱郁 魚鱼 鳥鸟 鹽盐 麥麦 黃黄 齊齐 齒齿 龍龙 壓压 壞坏 "
    "報报 場场 塊块 墜坠 奪夺 奮奋 媼媪 嚇吓 嗎吗 嘔呕 嘆叹 嚴严 國国 園园 圍围 圖图 團团 執执 處处 "
    "夠够 夢梦 夾夹 妝妆 姦奸 娛娱 嫗妪 審审 寫写 寶宝 將将 專专 導导 屍尸 層层 屬属 岡冈 島岛 帳帐 "
    "帶带 幫帮 幹干 廁厕 廠厂 廢废 廣广 彈弹 強强 當当 徹彻 復复 徵征 恥耻 惡恶 惱恼 慘惨 慮虑 憂忧 "
    "憶忆 應应 懷怀 懶懒 戀恋 戰战 戶户 拋抛 掃扫 掛挂 採采 換换 損损 搖摇 搶抢 撐撑 撲扑 擊击 擋挡 "
    "據据 擔担 擾扰 敗败 數数 斷断 於于 暈晕 暫暂 書书 條条 業业 極极 槍枪 樣样 標标 權权 歐欧 歡欢 "
    "歸归 殘残 毀毁 毆殴 氣气 決决 況况 淚泪 淺浅 準准 溫温 滅灭 滿满 漢汉 漸渐 潰溃 澤泽 濟济 災灾 "
    "煙烟 煩烦 熱热 燒烧 爛烂 牆墙 狀状 獄狱 獨独 獲获 環环 畫画 異异 療疗 癡痴 癢痒 癮瘾 監监 盤盘 "
    "眾众 睏困 矯矫 確确 碼码 禍祸 種种 稱称 穩稳 窮穷 竊窃 競竞 筆笔 簡简 籤签 糧粮 紅红 純纯 紙纸 "
    "級级 紋纹 細细 終终 組组 結结 絕绝 給给 統统 經经 綁绑 維维 綱纲 網网 緊紧 線线 編编 緣缘 緩缓 "
    "練练 縣县 縫缝 總总 繩绳 續续 纏缠 罰罚 罵骂 習习 聖圣 聲声 聽听 職职 聯联 肅肃 腦脑 腳脚 腫肿 "
    "膽胆 臉脸 臨临 舉举 舊旧 艱艰 藝艺 號号 蟲虫 衆众 術术 衛卫 補补 裝装 裡里 裏里 製制 複复 規规 "
    "視视 觀观 觸触 計计 訂订 記记 討讨 訓训 訊讯 託托 設设 訴诉 診诊 評评 詐诈 試试 該该 詳详 誇夸 "
    "誌志 誠诚 語语 誤误 課课 調调 談谈 諒谅 論论 諧谐 謀谋 謊谎 謝谢 議议 譯译 負负 財财 責责 貨货 "
    "販贩 貪贪 賊贼 賓宾 賠赔 質质 賬账 贏赢 趙赵 跡迹 踐践 軍军 軟软 輛辆 輪轮 輸输 遞递 遲迟 遷迁 "
    "郵邮 鄰邻 鄉乡 醜丑 鈴铃 針针 釘钉 鋪铺 銷销 鍊炼 鎮镇 鏡镜 閃闪 閒闲 闆板 闖闯 陣阵 陳陈 雜杂 "
    "雞鸡 靈灵 靜静 韓韩 頁页 項项 須须 領领 頻频 題题 額额 顏颜 顫颤 飽饱 餘余 館馆 駕驾 騎骑 騷骚 "
    "驅驱 髒脏 鹹咸 麗丽 黨党 擁拥 擇择 攔拦 尋寻 盡尽 儘尽 嘗尝 喪丧 單单 嗚呜 啟启 員员 唸念 喚唤 "
    "嘩哗 嚮向 壯壮 壽寿 夥伙 嬸婶 孃娘 寧宁 寢寝 嶺岭 幣币 慣惯 慟恸 憤愤 懸悬 戲戏 攜携 曬晒 朧胧 "
    "棄弃 棲栖 構构 樂乐 樹树 櫃柜 欄栏 殞殒 殼壳 氾泛 沖冲 洩泄 涼凉 溝沟 瀕濒 瀉泻 灑洒 灣湾 烏乌 "
    "煉炼 營营 爭争 牽牵 犧牺 獸兽 瓊琼 痲麻 瘋疯 瘡疮 皺皱 盜盗 瞞瞒 瞭了 砲炮 礙碍 祕秘 禮礼 稅税 "
    "窩窝 節节 範范 築筑 糾纠 紀纪 約约 絡络 絲丝 綠绿 緒绪 縮缩 繫系 繼继 罷罢 羅罗 義义 聰聪 脅胁 "
    "脫脱 腸肠 臺台 興兴 艙舱 薦荐 蘇苏 虛虚 螢萤 衝冲 褲裤 襲袭 詛诅 誘诱 誣诬 謹谨 貞贞 貼贴 賀贺 "
    "賭赌 贊赞 軌轨 較较 載载 輔辅 輩辈 辭辞 遊游 醞酝 釀酿 鉤钩 銳锐 鋒锋 錘锤 鑰钥 鑽钻 閣阁 闊阔 "
    "陸陆 險险 霧雾 頑顽 飄飘 餵喂 駐驻 騰腾 驟骤 鬚须 鬍胡 鴨鸭 麵面 搵揾 噉咁 俾畀"
)
