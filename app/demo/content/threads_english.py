"""Threads of the English corner: newcomers, and neighbours who practise."""

# ruff: noqa: E501 - people write as long as they like, and Chinese in its own punctuation.
# fmt: off

from __future__ import annotations

from app.demo.content.talk import Said, Topic, asks, best, says

ENGLISH: tuple[Topic, ...] = (
    says(
        "english", "maria", (3, 20), "What your neighbours actually mean",
        "“吃了吗” does not ask what you ate. “慢走” is not about your speed. “改天” is a day that does not exist. Please add yours.",
        Said("chenye", 1, "“随便” means: I have a very exact wish and you will guess it."),
        Said("ningning", 2, "“马上到” = still in the shower. Sorry, everybody."),
        Said("oliver", 5, "“还可以” from the noodle man is the highest praise I ever got. It was about my chopsticks."),
    ),
    asks(
        "english", "oliver", (10, 13), "How do the parcel lockers work? I press everything",
        "The machine speaks, I listen, we do not understand each other.",
        best("xiaobei", 0.6, "The code is in the SMS: six digits after “取件码”. Choose the yellow button, type, a door jumps open (it really jumps). If it is more than a day, it wants 50 fen."),
        Said("parcels", 1.2, "Or let them send it to our hut by the south gate. We have a human."),
    ),
    says(
        "english", "zhengjie", (18, 8), "Retired teacher, my English is from 1978",
        "I can read Dickens and I cannot order coffee. I would like to speak half an hour each week. I can teach you calligraphy in exchange.",
        Said("maria", 1, "Yes please. Dickens for coffee words is a fair price."),
        Said("halfbeat", 2, "You can hold it here, Thursday at three is always quiet. First coffee is on us, and you must order it in English."),
        Said("zhengjie", 50, "I said: one latte, if it is not a great trouble. The young man said it was no trouble at all."),
    ),
    says(
        "english", "hannah", (29, 19), "A short list of things I got wrong in my first month",
        "I tipped the barber; he ran after me. I said “我要死了” meaning tired. I brought white flowers to a birthday. Everybody was kind. Newcomers: what did you do?",
        Said("oliver", 2, "I waved back at the traffic assistant for a week. She was directing cars."),
        Said("latespring", 5, "The white flowers were from my shop, I should have asked you for whom. Next bunch is yellow, on the house."),
        Said("maria", 6, "I told my landlord I am pregnant when I meant I have a question. He bought me eggs."),
    ),
    asks(
        "english", "?1", (48, 21), "Practise with me: is it “on the stairs” or “in the stairs”?",
        "我女儿老师说 on，我记得课本是 in。吵了一晚上。",
        best("hannah", 1, "On the stairs. In the stairwell. Tell your daughter she may put it on the fridge."),
        Said("?1", 2, "Printed. She is insufferable now. (Is this the right word?)"),
        Said("maria", 3, "It is exactly the right word."),
    ),
    asks(
        "english", "hannah", (66, 10), "Vegetarian at a family dinner without breaking a heart?",
        "My neighbour (77) invites me on Sunday. She cooks for two days. I do not eat meat. She is so happy about the pork.",
        Said("lin", 1, "Tell her today, not on Sunday. Say 我吃素，但是我想学您做豆腐。She will be twice as happy, she has somebody to teach."),
        best("hannah", 75, "I said it. She clapped. We made tofu from beans at five in the morning. I am her friend now, it is official."),
    ),
    asks(
        "english", "oliver", 3.6, "Does the water delivery take foreign phone numbers?",
        "The form wants eleven digits and mine has thirteen with opinions.",
    ),
)
